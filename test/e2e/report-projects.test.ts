/** Reports of several projects in one: nothing of one project passes for that of another. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { type ScanReport, tokenMint } from '../support/scan-report.ts';
import { tempFolder, tempRepository } from '../support/temp-folder.ts';

interface Plain extends ScanReport {
  readonly scan: ScanReport['scan'] & { project?: object };
}

/** The same leak in the same file of two projects, swept one by one. */
async function twoReports(projects: readonly (object | undefined)[]): Promise<string[]> {
  const leak = tokenMint(2717)();
  const folder = tempFolder();
  const files: string[] = [];
  for (const [index, project] of projects.entries()) {
    const file = join(folder, `${index}.json`);
    const root = tempRepository({ 'config.ini': `token = ${leak}\n` });
    await glaive(['history', '--output', `json=${file}`], { cwd: root });
    const report = JSON.parse(readFileSync(file, 'utf8')) as Plain;
    if (project !== undefined) report.scan.project = { coverage: 'disk', ...project };
    writeFileSync(file, JSON.stringify(report));
    files.push(file);
  }
  return files;
}

const TWO = [
  { id: 7, path: 'group/one', url: 'https://gitlab.example.com/group/one' },
  { id: 8, path: 'group/two', url: 'https://gitlab.example.com/group/two' },
];

async function merged(
  files: readonly string[],
): Promise<ScanReport & { readonly findings: readonly { project?: object }[] }> {
  const { stdout } = await glaive(['report', ...files, '--format', 'json']);
  return JSON.parse(stdout) as ScanReport;
}

it('a finding of each project, which it names', async () => {
  const files = await twoReports(TWO);
  const report = await merged(files);
  expect(report.findings.map(({ artifact, project }) => [artifact.uri, project])).toEqual(
    TWO.map((project) => ['config.ini', project]),
  );
  // Once more, with a report that is merged already.
  const again = join(tempFolder(), 'merged.json');
  writeFileSync(again, JSON.stringify(report));
  expect((await merged([again, files[0]!])).findings).toEqual(report.findings);
});

it('reports of one project are one, and keep its name', async () => {
  const [file] = await twoReports([TWO[0]]);
  const copy = join(tempFolder(), 'copy.json');
  writeFileSync(copy, readFileSync(file!));
  const report = await merged([file!, copy]);
  expect(report.findings.map(({ project }) => project)).toEqual([undefined]);
  expect(report.scan).toMatchObject({ project: { ...TWO[0], coverage: 'disk' } });
});

it('without a project the repository counts', async () => {
  const report = await merged(await twoReports([undefined, undefined]));
  expect(report.findings).toHaveLength(2);
  expect(new Set(report.findings.map(({ project }) => JSON.stringify(project))).size).toBe(2);
});

it('formats that need unique fingerprints have them', async () => {
  const { stdout } = await glaive(['report', ...(await twoReports(TWO)), '--format', 'codequality']);
  const fingerprints = (JSON.parse(stdout) as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint);
  expect(new Set(fingerprints).size).toBe(2);
});

it.each(['text', 'markdown', 'html', 'csv', 'junit'])('%s names the project before the file', async (format) => {
  const { stdout } = await glaive(['report', ...(await twoReports(TWO)), '--format', format, '--details']);
  for (const { path } of TWO) expect(stdout).toContain(`${path}: config.ini`);
});
