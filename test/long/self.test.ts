/** glaive over its own repository and over everything that `npm ci` installs. */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { printTable } from '../support/table.ts';

const root = join(import.meta.dirname, '..', '..');

interface JsonReport {
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly {
    readonly confidence: string;
    readonly ruleId: string;
    readonly artifact: { readonly uri: string };
  }[];
}

it('nothing certain, and nothing likely that has not been reviewed', async () => {
  const rows: Record<string, string | number>[] = [];
  for (const place of ['.', 'node_modules']) {
    const { stdout, stderr, code } = await glaive(['scan', place, '--format', 'json', '--show-unlikely', '--quiet'], {
      cwd: root,
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as JsonReport;
    const count = (confidence: string): number =>
      report.findings.filter((finding) => finding.confidence === confidence).length;
    rows.push({
      place,
      files: report.counts['artifacts']!,
      bytes: report.counts['bytes']!,
      proven: count('proven'),
      certain: count('certain'),
      likely: count('likely'),
      unlikely: count('unlikely'),
    });
  }
  printTable('glaive over itself', rows);
  for (const row of rows) expect([row['proven'], row['certain'], row['likely']]).toEqual([0, 0, 0]);
});
