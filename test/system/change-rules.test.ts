/** A change of the rules that check it: it is reported, and with `--new-suppressions fail` both old and new rules count. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { KINDS, Random } from '../support/mint.ts';
import { ruleFile } from '../support/rule-file.ts';
import { glaive } from '../support/run-cli.ts';
import { IS_LONG } from '../support/runs.ts';
import { diffJson, fingerprintOf, tokenMint } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const newToken = tokenMint(1005);
const random = new Random(1006);
const hex = (): string => Array.from({ length: 16 }, () => random.pick([...'0123456789abcdef'])).join('');
let cwd: string;

function commit(files: Readonly<Record<string, string>>, tag?: string): void {
  writeFiles(cwd, files);
  git(cwd, 'add', '--all');
  git(cwd, 'commit', '-qm', 'x', '--allow-empty');
  if (tag !== undefined) git(cwd, 'tag', '--force', tag);
}

beforeEach(() => {
  cwd = tempRepository({ 'readme.md': 'hello\n' });
  git(cwd, 'tag', 'base');
});

interface Way {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  /** A line with a secret that only the rules of before find, and the secret. */
  readonly leak: () => readonly [line: string, secret: string];
  readonly said: string;
}

const WITH_RULES = '[rules]\nfiles = ["own.toml"]\n';
const acme = (): [string, string] => {
  const secret = `acme_key_${hex()}`;
  return [`k = ${secret}`, secret];
};
const swallowing = ruleFile({ id: 'swallow', keyword: 'glpat-', pattern: String.raw`glpat-[\w.-]+ (?<body>x+)` });
const WAYS: Readonly<Record<string, Way>> = {
  'adds a rule that takes others away': {
    before: {},
    after: { '.glaive.toml': '[rules]\nfiles = ["mine.toml"]\n', 'mine.toml': swallowing },
    leak: () => {
      const secret = KINDS['pat routable v1']!.make(random, '');
      return [`${secret} xxxxxxxx`, secret];
    },
    said: 'rules.files mine.toml added',
  },
  'leaves a rule file out': {
    before: { '.glaive.toml': WITH_RULES, 'own.toml': ruleFile({}) },
    after: { '.glaive.toml': '# nothing\n' },
    leak: acme,
    said: 'rules.files own.toml removed',
  },
  'narrows a rule': {
    before: { '.glaive.toml': WITH_RULES, 'own.toml': ruleFile({}) },
    after: { 'own.toml': ruleFile({ pattern: 'acme_key_(?<body>x{16})' }) },
    leak: acme,
    said: 'rules.files own.toml changed',
  },
  'makes of a rule another one that takes more': {
    before: { '.glaive.toml': WITH_RULES, 'own.toml': ruleFile({}) },
    after: { 'own.toml': ruleFile({ pattern: String.raw`acme_key_[0-9a-f]{16} (?<body>x+)` }) },
    leak: () => {
      const [line, secret] = acme();
      return [`${line} xxxxxxxx`, secret];
    },
    said: 'rules.files own.toml changed',
  },
  'leaves a prefix out': {
    before: { '.glaive.toml': '[gitlab]\nprefixes = ["acme-"]\n' },
    after: { '.glaive.toml': '' },
    leak: () => {
      const secret = newToken().replace('glpat-', 'acme-');
      return [`k = ${secret}`, secret];
    },
    said: 'gitlab.prefixes acme- removed',
  },
  'disables a rule': {
    before: {},
    after: { '.glaive.toml': '[rules]\ndisable = ["gitlab"]\n' },
    leak: () => {
      const secret = newToken();
      return [`k = ${secret}`, secret];
    },
    said: 'rules.disable gitlab',
  },
};

describe.each(Object.keys(WAYS))('a change that %s', (name) => {
  const { before, after, leak, said } = WAYS[name]!;

  it('is reported', async () => {
    commit(before, 'base');
    commit({ ...after, 'a.txt': `${leak()[0]}\n` });
    const { stderr } = await glaive(['diff', 'base..HEAD'], { cwd });
    expect(stderr).toContain('note: this change itself alters the policy of its scan: ');
    expect(stderr).toContain(said);
  });

  it('hides nothing where it has no say', async () => {
    commit(before, 'base');
    const [line, secret] = leak();
    commit({ ...after, 'a.txt': `${line}\n` });
    const { code, report, stdout, stderr } = await diffJson(cwd, ['base..HEAD', '--new-suppressions', 'fail']);
    expect(code).toBe(1);
    expect(report.findings.map(({ secretFingerprint }) => secretFingerprint)).toContain(fingerprintOf(secret));
    expect(report.notes.join('\n')).toContain(said);
    expect(stdout + stderr).not.toContain(secret.slice(-16));
  });

  it('in one commit, and what it hides in a later one of the same change', async () => {
    commit(before, 'base');
    commit(after);
    commit({ 'a.txt': `${leak()[0]}\n` });
    expect((await glaive(['diff', 'base..HEAD', '--new-suppressions', 'fail'], { cwd })).code).toBe(1);
  });

  it.runIf(IS_LONG || name === Object.keys(WAYS)[0])('every format describes what the old rules found', async () => {
    commit(before, 'base');
    commit({ ...after, 'a.txt': `${leak()[0]}\n` });
    const formats = ['text', 'sarif', 'gitlab', 'codequality', 'markdown', 'html', 'junit', 'csv'];
    const outputs = formats.flatMap((format) => ['--output', `${format}=.git/report.${format}`]);
    const ran = await glaive(['diff', 'base..HEAD', '--new-suppressions', 'fail', ...outputs], { cwd });
    expect(ran.code).toBe(1);
    for (const format of formats)
      expect(readFileSync(join(cwd, '.git', `report.${format}`), 'utf8'), format).toContain('a.txt');
  });
});

it('rules that the change adds count too', async () => {
  const [line] = acme();
  commit({ '.glaive.toml': WITH_RULES, 'own.toml': ruleFile({}), 'a.txt': `${line}\n` });
  expect((await glaive(['diff', 'base..HEAD', '--new-suppressions', 'fail'], { cwd })).code).toBe(1);
});

it('a rule file that was broken before is reported, and the built-in rules count', async () => {
  commit({ '.glaive.toml': WITH_RULES, 'own.toml': 'nonsense' }, 'base');
  commit({ 'own.toml': swallowing, 'a.txt': `${KINDS['pat routable v1']!.make(random, '')} xxxxxxxx\n` });
  const ran = await glaive(['diff', 'base..HEAD', '--new-suppressions', 'fail'], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('repairs ');
});

it('what is counted is counted once', async () => {
  commit(WAYS['narrows a rule']!.before, 'base');
  commit({ ...WAYS['narrows a rule']!.after, 'a.txt': `${acme()[0]}\n${newToken()}\n` });
  const [list, fail] = [
    await diffJson(cwd, ['base..HEAD']),
    await diffJson(cwd, ['base..HEAD', '--new-suppressions', 'fail']),
  ];
  expect(fail.report.counts).toEqual({ ...list.report.counts, findings: 2 });
});
