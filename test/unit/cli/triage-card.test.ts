/** A card of `glaive triage` fits a terminal of 80x24 with the question below it, however large and hostile the report is. */

import { describe, expect, it } from 'vitest';
import { renderCard } from '../../../src/cli/commands/triage/card.ts';
import { palette } from '../../../src/lib/color.ts';
import { activeFindings } from '../../../src/model/report.ts';
import { ruleLookup } from '../../../src/report/lookups.ts';
import { groupsOf } from '../../../src/report/summary.ts';
import { SAMPLES } from '../../support/sample-report.ts';

// oxlint-disable-next-line no-control-regex -- what could draw on the terminal
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

describe.each(Object.entries(SAMPLES))('the sample %s', (_, sampleOf) => {
  it('is shown in 13 lines, without a control character or a secret', async () => {
    const { report, secrets } = await sampleOf();
    const groups = groupsOf(activeFindings(report), 'severity').slice(0, 20);
    const ruleOf = ruleLookup(report);
    for (const width of [40, 80, 120]) {
      for (const [index, group] of groups.entries()) {
        const card = renderCard(group, {
          rule: ruleOf(group.findings[0]),
          number: index + 1,
          total: groups.length,
          decided: ['accepted'],
          width,
          paint: palette(false),
        });
        const lines = card.split('\n').slice(0, -1);
        expect(lines.length).toBeLessThanOrEqual(13);
        for (const line of lines) expect(line.length, line).toBeLessThan(width);
        expect(card).not.toMatch(CONTROL);
        for (const secret of secrets) expect(card).not.toContain(secret);
        expect(lines[0]).toMatch(new RegExp(`^${index + 1} of ${groups.length}: ${group.findings[0].severity}`));
        if (width >= 80) expect(card).toContain(`fingerprint: ${group.findings[0].secretFingerprint}`.slice(0, 76));
      }
    }
  });
});
