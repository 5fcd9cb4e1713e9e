/** Changes of settings, rules and exceptions, made of a seed, and what must hold for them under `--new-suppressions fail`. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { KINDS, mint, Random } from './mint.ts';
import { ruleFile } from './rule-file.ts';
import { diffJson, scanJson, type ScanReport } from './scan-report.ts';
import { git, tempRepository, writeFiles } from './temp-folder.ts';

const CONTROL = ['.glaive.toml', '.glaiveignore', 'own.toml'];

/** Control files of any kind. */
function settings(random: Random): Record<string, string> {
  const some = <T>(list: readonly T[], chance: number): T[] => list.filter(() => random.between(0, chance) === 0);
  const own = some(
    [
      ruleFile({}),
      ruleFile({ pattern: 'acme_key_(?<body>[a-f]{16})' }),
      ruleFile({ pattern: String.raw`acme_key_[0-9a-f]{16} (?<body>x+)` }),
      ruleFile({ id: 'swallow', keyword: 'glpat-', pattern: String.raw`glpat-[\w.-]+ (?<body>x+)` }),
      ruleFile({}, { id: 'other', pattern: 'acme_key_(?<body>[0-9a-f]{4})' }),
      ruleFile({ id: 'acme_key', keyword: 'glpat-', pattern: String.raw`glpat-(?<body>\w{4})` }),
    ],
    4,
  ).slice(0, 1);
  const scan = [
    ...some(['min_confidence = "unlikely"', 'min_confidence = "certain"', 'min_confidence = "proven"'], 4).slice(0, 1),
    ...some(['fail_on = "certain"', 'fail_on = "likely"'], 4).slice(0, 1),
    ...some(['strict = true'], 4),
    ...some(['exclude = ["a.txt"]', 'exclude = ["b/"]', 'exclude = ["*.txt", "!b/b.txt"]'], 4).slice(0, 1),
  ];
  const toml = [
    `[gitlab]\nprefixes = ${JSON.stringify(some(['acme-', 'zz-', 'glpat-'], 2))}`,
    `[scan]\n${scan.join('\n')}`,
    `[rules]\ndisable = ${JSON.stringify(some(['gitlab', 'gitlab-context', 'vault', 'gitlab_deploy_token'], 4))}`,
    ...(own.length > 0 ? ['files = ["own.toml"]'] : []),
    ...some(
      ['[[allow]]\npath = "a.txt"\nreason = "x"', '[[allow]]\nrule = "gitlab_runner_auth_token"\nreason = "x"'],
      5,
    ),
  ];
  return {
    '.glaive.toml': `${toml.join('\n')}\n`,
    ...Object.fromEntries(own.map((file) => ['own.toml', file])),
    ...Object.fromEntries(some(['a.txt\n', 'b/\n'], 5).map((file) => ['.glaiveignore', file])),
  };
}

function text(random: Random): string {
  const hex = (length: number): string => Array.from({ length }, () => random.pick([...'0123456789abcdef'])).join('');
  const kinds = Object.keys(KINDS);
  const secret = (): string =>
    random.pick([
      () => mint(random.pick(kinds), random),
      () => KINDS['pat routable v1']!.make(random, ''),
      () => KINDS['pat legacy']!.make(random, '').replace('glpat-', random.pick(['acme-', 'zz-', 'acme-glpat-'])),
      () => `acme_key_${hex(16)}`,
    ])();
  const line = (): string =>
    `${random.pick(['k = ', '', 'x-'])}${secret()}${random.pick(['', ' xxxxxxxx', '"', ' ok'])}\n`;
  return Array.from({ length: random.between(1, 4) }, line).join('');
}

const active = ({ findings }: ScanReport): string[] =>
  findings
    .filter(({ artifact, suppressions = [] }) => !CONTROL.includes(artifact.uri) && suppressions.length === 0)
    .map(({ fingerprint }) => fingerprint);

/** Whatever a scan with the files of before finds, and whatever one with the files of after finds, makes the change fail. */
export async function expectNothingHidden(seed: number): Promise<void> {
  const random = new Random(seed);
  const [before, after] = [settings(random), settings(random)];
  const content = { 'a.txt': text(random), 'b/b.txt': text(random) };
  const alone = await Promise.all(
    [before, after].map((files) => scanJson([], { cwd: tempRepository({ ...files, ...content }) })),
  );
  const cwd = tempRepository({ 'readme.md': 'x\n', ...before });
  for (const file of CONTROL) rmSync(join(cwd, file), { force: true });
  writeFiles(cwd, { ...after, ...content });
  git(cwd, 'add', '--all');
  git(cwd, 'commit', '--quiet', '--message', 'x');
  const changed = await diffJson(cwd, ['HEAD~1..HEAD', '--new-suppressions', 'fail']);
  const failing = changed.report.findings
    .filter(({ suppressions = [] }) => !suppressions.some((each) => !('status' in each)))
    .map(({ fingerprint }) => fingerprint);
  for (const { code, report } of alone) {
    expect(failing).toEqual(expect.arrayContaining(active(report)));
    if (code === 1) expect(changed.code).not.toBe(0);
  }
}
