/** The baseline: what is known today stays known however the code moves, and nothing new hides behind it. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { fingerprintOf, positionsOf, scanJson, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(61);
const line = (secret: string): string => `t = "${secret}"\n`;
const FILE = '.glaive-baseline';

const read = (root: string, file = FILE): string => readFileSync(join(root, file), 'utf8');
const entries = (root: string, file = FILE): string[] =>
  read(root, file)
    .split('\n')
    .filter((text) => text !== '' && !text.startsWith('#'));

/** `glaive baseline ARGS`, which must succeed. */
async function accept(root: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await glaive(['baseline', '--yes', ...args], { cwd: root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function isClean(root: string): Promise<void> {
  const { code, stdout, stderr } = await glaive(['scan'], { cwd: root });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
}

describe('glaive baseline', () => {
  it('writes one line a leak, without the secret, sorted; then nothing counts', async () => {
    const secrets = [token(), token(), token()];
    const root = tempRepository({ 'a.txt': secrets.map(line).join(''), 'dir/b c.txt': line(secrets[0]!) });
    const said = await accept(root, '--reason', 'known before');
    expect(said).toMatch(/^3 findings to accept:\n/);
    expect(said).toMatch(/\nAdded 3 findings to .*\.glaive-baseline \(3 in total\)\. Commit this file\.\n$/);
    for (const secret of secrets) {
      expect(said).toContain(fingerprintOf(secret).slice(0, 12));
      expect(said).not.toContain(secret.slice(6, 16));
    }
    expect(entries(root)).toEqual(
      secrets.map((secret) => `${fingerprintOf(secret)} gitlab_personal_access_token a.txt # known before`).toSorted(),
    );
    for (const secret of secrets) expect(read(root)).not.toContain(secret.slice(6, 16));
    await isClean(root);
    expect((await scanJson([], { cwd: root })).report.counts).toMatchObject({ findings: 0, suppressed: 4 });
  });

  it('kingfisher #136, #344, detect-secrets #92: run again it changes no byte, also when every line has moved', async () => {
    const secrets = Array.from({ length: 20 }, token);
    const root = tempRepository({ 'a.txt': secrets.map(line).join('') });
    await accept(root);
    const before = read(root);
    await accept(root);
    expect(read(root)).toBe(before);
    writeFiles(root, {
      'a.txt': `\n\n\n${secrets
        .toReversed()
        .map((secret) => `   ${line(secret)}\n`)
        .join('')}`,
    });
    expect(await accept(root)).toMatch(/^Nothing to add to .* \(20 in total\)\.\n$/);
    expect(read(root)).toBe(before);
  });

  it('keeps reasons and dates that people wrote, takes out what is gone, and dates what is new', async () => {
    const [kept, gone, fresh] = [token(), token(), token()];
    const root = tempRepository({ 'a.txt': line(kept) + line(gone) });
    await accept(root);
    writeFileSync(
      join(root, FILE),
      read(root).replace(/^(.*)$/gm, (text) =>
        text.startsWith(fingerprintOf(kept)) ? `${text} expires=2030-01-01 # by hand` : text,
      ),
    );
    writeFiles(root, { 'a.txt': line(kept) + line(fresh) });
    expect(await accept(root, '--reason', 'later', '--expires', '2028-02-29')).toMatch(
      /Added 1 finding to .* \(2 in total\), removed 1 stale entry\./,
    );
    expect(entries(root)).toEqual(
      [
        `${fingerprintOf(kept)} gitlab_personal_access_token a.txt expires=2030-01-01 # by hand`,
        `${fingerprintOf(fresh)} gitlab_personal_access_token a.txt expires=2028-02-29 # later`,
      ].toSorted(),
    );
  });

  it('of a part takes nothing out, and neither does a scan with a gap', async () => {
    const [first, second] = [token(), token()];
    const root = tempRepository({ 'a.txt': line(first), 'b.txt': line(second) });
    await accept(root);
    expect(await accept(root, 'a.txt')).toMatch(/^Nothing to add to .* \(2 in total\)\.\n$/);
    expect(entries(root)).toHaveLength(2);
    writeFiles(root, { 'b.txt': 'gone\n' });
    const { code, stderr } = await glaive(['baseline', '--yes', '--time-limit', '0.000001'], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toMatch(/time limit/);
    expect(entries(root)).toHaveLength(2);
  });

  it('writes elsewhere, and reads what is named; what is named must be there', async () => {
    const root = tempRepository({ 'a.txt': line(token()) });
    const other = join(tempFolder(), 'known.txt');
    await accept(root, '--output', other);
    expect(existsSync(join(root, FILE))).toBe(false);
    expect((await glaive(['scan'], { cwd: root })).code).toBe(1);
    expect((await glaive(['scan', '--baseline', other], { cwd: root })).code).toBe(0);
    const { code, stderr } = await glaive(['scan', '--baseline', 'nowhere'], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot read the baseline .*nowhere/);
  });

  it('writes no baseline entry for what a comment or an allow entry accepts', async () => {
    const root = tempRepository({ 'a.txt': `t = "${token()}" # glaive:allow\n`, 'b.txt': line(token()) });
    await accept(root);
    expect(entries(root).map((text) => text.split(' ')[2])).toEqual(['b.txt']);
  });
});

describe('gitleaks #1355, PR 2211, rios0rios0/autobump PR 277: an entry survives', () => {
  /** A repository with an old leak that is accepted, and the leak. */
  async function known(): Promise<{ root: string; secret: string }> {
    const secret = token();
    const text = Array.from({ length: 30 }, (_, index) => (index === 15 ? line(secret) : `line ${index}\n`)).join('');
    const root = tempRepository({ 'src/a.txt': text });
    await accept(root, '--reason', 'revoked');
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'baseline');
    return { root, secret };
  }
  const change = (root: string, path: string, how: (text: string) => string): void =>
    writeFileSync(join(root, path), how(readFileSync(join(root, path), 'utf8')));
  const commit = (root: string, message: string): void => {
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', message);
  };

  it('a rename, moved lines, another indentation, quotes and names, other line ends', async () => {
    const { root, secret } = await known();
    git(root, 'mv', 'src', 'lib');
    await isClean(root);
    change(root, 'lib/a.txt', (text) => `new first line\n${text}`);
    await isClean(root);
    change(root, 'lib/a.txt', (text) => text.replace(`t = "${secret}"`, `\t\t"token" : '${secret}',`));
    await isClean(root);
    change(root, 'lib/a.txt', (text) => text.replaceAll('\n', '\r\n'));
    await isClean(root);
    change(root, 'lib/a.txt', (text) => text.replaceAll(/\s+/g, ' '));
    await isClean(root);
    git(root, 'add', '--all');
    expect((await glaive(['staged'], { cwd: root })).code).toBe(0);
  });

  it('gitleaks #1893, #762: a baseline with line ends of Windows', async () => {
    const { root } = await known();
    change(root, FILE, (text) => text.replaceAll('\n', '\r\n'));
    await isClean(root);
  });

  it('amend, rebase, squash and cherry-pick', async () => {
    const { root } = await known();
    change(root, 'src/a.txt', (text) => `first\n${text}`);
    git(root, 'commit', '--quiet', '--all', '--amend', '--no-edit');
    await isClean(root);
    git(root, 'checkout', '--quiet', '-b', 'topic');
    change(root, 'src/a.txt', (text) => `second\n${text}`);
    commit(root, 'second');
    change(root, 'src/a.txt', (text) => `${text}third\n`);
    commit(root, 'third');
    git(root, 'checkout', '--quiet', 'main');
    writeFiles(root, { 'other.txt': 'x\n' });
    commit(root, 'other');
    git(root, 'checkout', '--quiet', 'topic');
    git(root, 'rebase', '--quiet', 'main');
    await isClean(root);
    git(root, 'checkout', '--quiet', 'main');
    git(root, 'merge', '--quiet', '--squash', 'topic');
    await isClean(root);
    expect((await glaive(['staged'], { cwd: root })).code).toBe(0);
    git(root, 'reset', '--quiet', '--hard');
    git(root, 'cherry-pick', 'topic~1');
    await isClean(root);
  });

  it('a merge with a conflict around it, and a file that is split in two', async () => {
    const { root, secret } = await known();
    git(root, 'checkout', '--quiet', '-b', 'theirs');
    change(root, 'src/a.txt', (text) => text.replace('line 14', 'theirs 14'));
    commit(root, 'theirs');
    git(root, 'checkout', '--quiet', 'main');
    change(root, 'src/a.txt', (text) => text.replace('line 14', 'ours 14'));
    commit(root, 'ours');
    expect(() => git(root, 'merge', 'theirs')).toThrow();
    await isClean(root);
    writeFiles(root, {
      'src/a.txt': `one half\n`,
      'src/b.txt': `the other\n${line(secret)}`,
      'src/c.txt': line(secret),
    });
    git(root, 'add', '--all');
    await isClean(root);
    expect((await glaive(['staged'], { cwd: root })).code).toBe(0);
  });

  it('gitleaks #2239: a new token on the very line of the old one is new', async () => {
    const { root, secret } = await known();
    const fresh = token();
    change(root, 'src/a.txt', (text) => text.replace(secret, fresh));
    expect(positionsOf((await scanJson([], { cwd: root })).report)).toEqual(['src/a.txt:16:6']);
    git(root, 'add', '--all');
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['src/a.txt:16:6']);
    change(root, 'src/a.txt', (text) => text.replace(fresh, `${secret}", "${fresh}`));
    expect(positionsOf((await scanJson([], { cwd: root })).report)).toEqual(['src/a.txt:16:36']);
  });
});

describe('the file', () => {
  it('gitleaks #1100, #1051: the commit gate honours it', async () => {
    const root = tempRepository({ 'a.txt': line(token()) });
    await accept(root);
    git(root, 'rm', '--quiet', '--cached', 'a.txt');
    git(root, 'commit', '--quiet', '--message', 'out');
    git(root, 'add', '--all');
    expect((await glaive(['hook', 'run', 'pre-commit'], { cwd: root })).code).toBe(0);
  });

  it('gitleaks #1398: entries that match nothing are reported, when everything was scanned', async () => {
    const [stays, goes] = [token(), token()];
    const root = tempRepository({ 'a.txt': line(stays), 'b.txt': line(goes) });
    await accept(root);
    writeFiles(root, { 'b.txt': 'gone\n' });
    const note = new RegExp(
      `note: 1 stale baseline entry, whose leak is no longer found: ${fingerprintOf(goes).slice(0, 12)} \\(b\\.txt\\)`,
    );
    expect((await glaive(['scan'], { cwd: root })).stderr).toMatch(note);
    expect((await glaive(['scan', 'a.txt'], { cwd: root })).stderr).toBe('');
    git(root, 'add', '--all');
    expect((await glaive(['staged'], { cwd: root })).stderr).toBe('');
  });

  it('an entry that has expired counts again, and is named', async () => {
    const root = tempRepository({ 'a.txt': line(token()) });
    // The time of the tests is 2027-01-15.
    await accept(root, '--expires', '2027-01-15');
    await isClean(root);
    await accept(root, '--expires', '2027-01-14');
    expect(entries(root)[0]).toMatch(/expires=2027-01-15/);
    writeFileSync(join(root, FILE), read(root).replace('2027-01-15', '2027-01-14'));
    const { code, stderr } = await glaive(['scan'], { cwd: root });
    expect(code).toBe(1);
    expect(stderr).toMatch(/1 accepted entry has expired: [0-9a-f]{12} \(a\.txt\), on 2027-01-14/);
    // Accepting it once more gives it a new day, or none.
    await accept(root);
    expect(entries(root)[0]).not.toMatch(/expires/);
  });

  it('librefang PR 6262 and others: two branches that add entries merge, and 500 of them are 500 lines', async () => {
    const root = tempRepository({
      'a.txt': Array.from({ length: 500 }, () => line(token())).join(''),
      '.gitattributes': `${FILE} merge=union\n`,
    });
    await accept(root);
    expect(entries(root)).toHaveLength(500);
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'baseline');
    const branches = ['x', 'y', 'z'];
    for (const name of branches) {
      git(root, 'checkout', '--quiet', '-b', name, 'main');
      writeFiles(root, { [`${name}.txt`]: line(token()) + line(token()) });
      await accept(root, '--reason', name);
      git(root, 'add', '--all');
      git(root, 'commit', '--quiet', '--message', name);
    }
    git(root, 'checkout', '--quiet', 'main');
    for (const name of branches) git(root, 'merge', '--quiet', '--no-edit', name);
    expect(entries(root)).toHaveLength(506);
    await isClean(root);
    const merged = read(root);
    await accept(root);
    expect(entries(root).toSorted()).toEqual(
      merged
        .split('\n')
        .filter((text) => text !== '' && !text.startsWith('#'))
        .toSorted(),
    );
  });

  it.each([
    ['the marks of a conflict', `<<<<<<< HEAD\n`, /:1: unresolved merge conflict/],
    ['something else', `\nabc\n`, /:2: expected: 64 hex digits/],
    ['an invalid date', `${'0'.repeat(64)} r p expires=soon\n`, /:1: expires must be a date like 2027-01-31, not soon/],
  ])('with %s is refused with its line', async (_, text, message) => {
    const root = tempRepository({ 'a.txt': 'x\n', [FILE]: text });
    for (const args of [['scan'], ['staged'], ['baseline']]) {
      const { code, stderr } = await glaive(args, { cwd: root });
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    }
    expect(read(root)).toBe(text);
  });

  it('talisman #463, #416: a finding’s fingerprint, as the report prints it, is all that an entry needs', async () => {
    const root = tempRepository({ 'a.txt': line(token()) });
    const { report } = await scanJson([], { cwd: root });
    writeFiles(root, { [FILE]: `${report.findings[0]!.secretFingerprint}\n` });
    await isClean(root);
  });
});
