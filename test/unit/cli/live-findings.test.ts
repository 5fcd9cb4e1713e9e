/** The lines of findings that appear while a scan runs. */

import { expect, it } from 'vitest';
import { liveFindings } from '../../../src/cli/live-findings.ts';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { mint, Random } from '../../support/mint.ts';
import { file, scanned } from '../../support/sample-scan.ts';

it('a long path is shortened: its end names the file', async () => {
  const path = `${'deep/'.repeat(800)}last.txt`;
  const { findings } = await scanned({ inputs: [file(path, mint('pat legacy', new Random(5)))] });
  const lines: string[] = [];
  const progress = { say: (text: string) => void lines.push(text) };
  liveFindings({ progress, ruleset: builtinRuleset(), minConfidence: 'likely' })(findings);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^found: ….*deep\/last\.txt:1 {2}GitLab personal access token/);
  expect(lines[0]!.length).toBeLessThan(300);
});
