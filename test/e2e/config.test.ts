/** `.glaive.toml`: where it is found, what it does, and that a broken one is never ignored. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS, Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { placesOf, scanJson, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(41);
const leak = (): string => `token = "${token()}"\n`;

describe('where it is found', () => {
  it('in the folder or the nearest one above it, up to the git root and no further', async () => {
    const outer = tempFolder();
    const root = join(outer, 'root');
    git(outer, 'init', '--quiet', root);
    writeFiles(outer, { '.glaive.toml': 'broken\n' });
    writeFiles(root, { 'a.txt': leak(), 'deep/er/b.txt': leak() });
    expect(placesOf((await scanJson([], { cwd: root })).report)).toEqual(['a.txt', 'deep/er/b.txt']);
    writeFiles(root, { '.glaive.toml': '[scan]\nexclude = ["b.txt"]\n' });
    expect(placesOf((await scanJson([], { cwd: root })).report)).toEqual(['a.txt']);
    expect(placesOf((await scanJson(['.'], { cwd: join(root, 'deep') })).report)).toEqual([]);
    // The nearest one counts, alone.
    writeFiles(root, { 'deep/.glaive.toml': '[scan]\nstrict = false\n' });
    expect(placesOf((await scanJson(['.'], { cwd: join(root, 'deep') })).report)).toEqual(['deep/er/b.txt']);
  });

  it("the user's own file counts everywhere, and the repository's goes over it", async () => {
    const home = tempFolder();
    writeFiles(home, { '.config/glaive/config.toml': '[scan]\nmin_confidence = "proven"\nexclude = ["a.txt"]\n' });
    const root = tempRepository({ 'a.txt': leak(), 'b.txt': leak() });
    const env = { HOME: home };
    expect(placesOf((await scanJson([], { cwd: root, env })).report)).toEqual([]);
    writeFiles(root, { '.glaive.toml': '[scan]\nmin_confidence = "certain"\n' });
    expect(placesOf((await scanJson([], { cwd: root, env })).report)).toEqual(['b.txt']);
    // A folder of configuration of its own comes before the one below HOME.
    expect(
      placesOf((await scanJson([], { cwd: root, env: { HOME: home, XDG_CONFIG_HOME: tempFolder() } })).report),
    ).toEqual(['a.txt', 'b.txt']);
  });

  it('--config takes the place of the repository’s, and must be there', async () => {
    const root = tempRepository({ '.glaive.toml': 'broken', 'a.txt': leak(), 'b.txt': leak() });
    const other = join(tempFolder(), 'other.toml');
    writeFileSync(other, '[scan]\nexclude = ["b.txt"]\n');
    expect(placesOf((await scanJson(['--config', other], { cwd: root })).report)).toEqual(['a.txt']);
    const { code, stderr } = await glaive(['scan', '--config', 'nowhere.toml'], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toMatch(/nowhere\.toml: no such file/);
  });

  it('in a linked worktree its own', async () => {
    const root = tempRepository({ 'a.txt': leak(), 'b.txt': leak() });
    const linked = join(tempFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    writeFiles(linked, { '.glaive.toml': '[scan]\nexclude = ["b.txt"]\n' });
    expect(placesOf((await scanJson([], { cwd: linked })).report)).toEqual(['a.txt']);
  });
});

describe('what it does', () => {
  it('leaves paths out, for scan and for staged, and counts them', async () => {
    const root = tempRepository({ '.glaive.toml': '[scan]\nexclude = ["/vendor/", "*.min.js", "!keep.min.js"]\n' });
    writeFiles(root, { 'vendor/a.js': leak(), 'sub/vendor/a.js': leak(), 'x.min.js': leak(), 'keep.min.js': leak() });
    git(root, 'add', '--all');
    const expected = ['keep.min.js', 'sub/vendor/a.js'];
    for (const { report } of [await scanJson([], { cwd: root }), await stagedJson(root)]) {
      expect(placesOf(report)).toEqual(expected);
      expect(report.counts.skips).toEqual({ excluded: 2 });
    }
    const { code, report } = await scanJson(['--strict'], { cwd: root });
    expect(code).toBe(2);
    expect(report.gaps[0]!.message).toBe('skipped: 2 files excluded by .glaiveignore or by the configuration');
  });

  it('laurigates/claude-plugins PR 2625: a file that is named is scanned, excluded or not', async () => {
    const root = tempRepository({ '.glaive.toml': '[scan]\nexclude = ["a.txt"]\n', 'a.txt': leak(), 'b.txt': leak() });
    const { report } = await scanJson(['a.txt'], { cwd: root });
    expect(placesOf(report)).toEqual(['a.txt']);
  });

  it('sets what flags set, and flags go over it', async () => {
    const root = tempRepository({
      'a.txt': leak(),
      '.glaive.toml': '[scan]\nfail_on = "certain"\nmin_confidence = "proven"\n',
    });
    expect((await scanJson([], { cwd: root })).report.findings).toEqual([]);
    expect((await scanJson(['--min-confidence', 'likely'], { cwd: root })).code).toBe(1);
    writeFiles(root, { '.glaive.toml': '[scan]\nstrict = true\n', '.gitignore': 'x\n', x: 'x' });
    expect((await scanJson([], { cwd: root })).code).toBe(2);
    writeFiles(root, { '.glaive.toml': '[scan]\ntime_limit = 0.000001\n' });
    expect((await scanJson([], { cwd: root })).report.gaps.map(({ kind }) => kind)).toEqual(['time-limit']);
  });

  it('adds rule files, relative to itself, and leaves rules out', async () => {
    const root = tempRepository({
      'conf/.glaive.toml': '[rules]\nfiles = ["own.toml"]\ndisable = ["gitlab_personal_access_token"]\n',
      'conf/own.toml': RULE,
      'conf/a.txt': `${leak()}acme_key_9c41f7a2e05b83d6\n`,
    });
    const { report } = await scanJson(['.'], { cwd: join(root, 'conf') });
    expect(report.findings.map(({ ruleId }) => ruleId)).toEqual(['acme_key']);
    writeFiles(root, { 'conf/.glaive.toml': '[rules]\ndisable = ["gitlab_personal_acces_token"]\n' });
    const { code, stderr } = await glaive(['scan'], { cwd: join(root, 'conf') });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /there is no rule gitlab_personal_acces_token to disable\n.*Did you mean gitlab_personal_access_token\?/,
    );
  });

  it('disabling every rule is an error: nothing would be searched for', async () => {
    const families = ['gitlab', 'gitlab-context', 'gitlab-server', 'vault', 'private-key', 'jwt', 'ci-secrets'];
    const cwd = tempFolder();
    writeFiles(cwd, { 'off.toml': `[rules]\ndisable = ${JSON.stringify(families)}\n` });
    const { code, stdout, stderr } = await glaive(['scan', '.', '--config', 'off.toml'], { cwd });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('every rule is disabled')]);
  });

  it('custom prefixes: tokens are found that nothing else gives away', async () => {
    const random = new Random(42);
    const body = random.friendlyToken(20);
    const root = tempRepository({ 'a.txt': `PAT=acme-${body}\n`, 'b.txt': `PAT=acmegl-${random.friendlyToken(20)}\n` });
    expect((await scanJson([], { cwd: root })).report.findings).toEqual([]);
    writeFiles(root, { '.glaive.toml': '[gitlab]\nprefixes = ["acme-"]\n' });
    const { report } = await scanJson([], { cwd: root });
    expect(report.findings.map(({ ruleId, artifact, preview }) => [ruleId, artifact.uri, preview])).toEqual([
      ['gitlab_personal_access_token', 'a.txt', 'acme-[MASKED]'],
    ]);
  });

  it('a built-in token is still found when custom rules are added', async () => {
    const random = new Random(43);
    const files = Object.entries(KINDS).map(([, { make, carriers }], index) => {
      const [before, after] = carriers?.[0] ?? ['x = "', '"\n'];
      return [`f${index}.txt`, before + make(random, '') + after] as const;
    });
    const root = tempRepository(Object.fromEntries(files));
    const plain = await scanJson(['--min-confidence', 'unlikely'], { cwd: root });
    writeFiles(root, {
      '.glaive.toml': '[rules]\nfiles = ["own.toml"]\n[gitlab]\nprefixes = ["zz-"]\n',
      'own.toml': RULE,
    });
    const more = await scanJson(['--min-confidence', 'unlikely'], { cwd: root });
    expect(more.report.findings.map(({ fingerprint }) => fingerprint)).toEqual(
      plain.report.findings.map(({ fingerprint }) => fingerprint),
    );
  });
});

describe('a broken one is never ignored', () => {
  const root = (): string => tempRepository({ 'a.txt': 'clean\n' });
  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['no TOML', '[scan\n', /\.glaive\.toml:1:\d+: /],
    ['an unknown table', '[scann]\nx = 1\n', /\.glaive\.toml:1: scann: .*did you mean scan\?/],
    ['an unknown key', '[scan]\n\nexcludes = ["x"]\n', /\.glaive\.toml:3: scan\.excludes: .*did you mean exclude\?/],
    ['a wrong type', '[scan]\nexclude = "x"\n', /\.glaive\.toml:2: scan\.exclude: must be a list/],
    ['a wrong word', '[scan]\nmin_confidence = "sure"\n', /\.glaive\.toml:2: scan\.min_confidence: .*likely/],
    ['a wrong number', '[scan]\ntime_limit = -1\n', /\.glaive\.toml:2: scan\.time_limit: must be more than 0 seconds/],
    ['a wrong prefix', '[gitlab]\nprefixes = ["a b"]\n', /\.glaive\.toml:2: gitlab\.prefixes\.0: must be 3 to 40/],
    ['an allow entry without a reason', '[[allow]]\nrule = "x"\n', /\.glaive\.toml:1: allow\.0\.reason/],
    [
      'an allow entry for everything',
      '[[allow]]\nreason = "x"\n',
      /\.glaive\.toml:1: allow\.0: needs a secret, a rule or a path/,
    ],
    [
      'an invalid date',
      '[[allow]]\nrule = "x"\nreason = "y"\nexpires = "2026-13-01"\n',
      /allow\.0\.expires: must be a date/,
    ],
    [
      'a rule file that is not there',
      '[rules]\nfiles = ["no.toml"]\n',
      /cannot read the rule file .*no\.toml: no such file/,
    ],
  ];

  it.each(cases)('%s', async (_, text, message) => {
    const folder = root();
    writeFiles(folder, { '.glaive.toml': text });
    for (const args of [['scan'], ['staged'], ['baseline'], ['hook', 'run', 'pre-commit']]) {
      const { code, stdout, stderr } = await glaive(args, { cwd: folder });
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/internal error/);
    }
  });

  it('a folder in its place, and a rule file that is broken', async () => {
    const folder = root();
    mkdirSync(join(folder, '.glaive.toml'));
    expect(await glaive(['scan'], { cwd: folder })).toMatchObject({ code: 2 });
    const other = root();
    writeFiles(other, {
      '.glaive.toml': '[rules]\nfiles = ["own.toml"]\n',
      'own.toml': RULE.replace('"write"', '"all"'),
    });
    const { code, stderr } = await glaive(['scan'], { cwd: other });
    expect(code).toBe(2);
    expect(stderr).toMatch(/own\.toml:10: .*risk/);
  });

  it.each([
    ['[gitlab]\nurl = "https://evil.example"\n', 'gitlab.url'],
    ['[gitlab]\nurls = ["https://evil.example"]\n', 'gitlab.urls'],
    ['[gitlab]\ntoken_file = "/etc/passwd"\n', 'gitlab.token_file'],
    ['[gitlab]\nca_file = "ca.pem"\n', 'gitlab.ca_file'],
    ['[verify]\nenabled = true\n', 'verify'],
    ['[network]\nproxy = "http://evil.example"\n', 'network'],
    ['[vault]\naddress = "https://evil.example"\n', 'vault'],
  ])('a repository must not say %j', async (text, key) => {
    const folder = root();
    writeFiles(folder, { '.glaive.toml': text });
    const { code, stderr } = await glaive(['scan'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(`${key}: not allowed in a repository`);
    expect(stderr).toMatch(/set it by flag, environment, or in your own configuration/);
  });
});

const RULE = `family = "acme"

[[rule]]
id = "acme_key"
name = "Acme key"
description = "A key."
impact = "Anyone with it is Acme."
owner = "a person"
lifetime = "for ever"
risk = "write"
revoke = ["Ask Acme."]
references = ["https://example.com/"]

[[rule.form]]
name = "16 hex digits"
keywords = ["acme_key_"]
pattern = '''acme_key_(?<body>[0-9a-f]{16})(?![0-9A-Za-z_-])'''
examples = ['k=«acme_key_{hex:16}»']
counterexamples = ['acme_key_{hex:15}']
`;
