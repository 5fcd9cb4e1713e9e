/** A word before a token, or the prefix of its instance: both readings are checked with the issuer. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeIssuer, fakeIssuer } from '../support/fake-issuer.ts';
import { mint, Random } from '../support/mint.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { parseReport } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const random = new Random(4242);
const newToken = (): string => mint('pat legacy', random);

async function scan(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return await glaive(['scan', '--format', 'json', ...args], { cwd, env: { CI_SERVER_URL: '' } });
}

async function asked(fake: FakeIssuer, text: string, ...args: readonly string[]): Promise<Ran> {
  const cwd = tempFolder();
  writeFiles(cwd, { 'a.txt': text });
  return await scan(cwd, '--verify', '--gitlab-url', fake.url, '--fail-on', 'active', ...args);
}

const bearers = ({ calls }: FakeIssuer): string[] => [
  ...new Set(calls.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))),
];

describe.each(['backup-', 'old-', 'token-', 'ci-', 'wip-', 'acme-', '\u001b[0macme-'])('%j', (before) => {
  it('the bare token is asked about first, and found to work', async () => {
    const fake = await fakeIssuer();
    const token = newToken();
    fake.tokens.set(token, { id: 1, state: 'active', kind: 'access' });
    const ran = await asked(fake, `x ${before}${token}\n`);
    expect(ran.code).toBe(1);
    expect(parseReport(ran).findings).toMatchObject([
      { tokenStatus: 'active', regions: [{ byteOffset: 2 + before.length, byteLength: token.length }] },
    ]);
    expect(bearers(fake)).toEqual([token]);
  });

  it('the one with its prefix is asked about then, and found to work', async () => {
    const fake = await fakeIssuer();
    const token = newToken();
    const whole = before.replace('\u001b[0m', '') + token;
    fake.tokens.set(whole, { id: 1, state: 'active', kind: 'access' });
    const ran = await asked(fake, `x ${before}${token}\n`);
    expect(ran.code).toBe(1);
    expect(parseReport(ran).findings).toMatchObject([
      { tokenStatus: 'active', verification: { notes: expect.arrayContaining([expect.stringContaining('prefix')]) } },
    ]);
    expect(bearers(fake)).toEqual([token, whole]);
    expect(JSON.stringify(parseReport(ran))).not.toContain(token.slice(6));
  });
});

it('neither is known: the exit code says so, and both were asked about', async () => {
  const fake = await fakeIssuer();
  const token = newToken();
  const ran = await asked(fake, `x backup-${token}\n`);
  expect([ran.code, parseReport(ran).findings[0]!.tokenStatus]).toEqual([0, 'unknown']);
  expect(bearers(fake)).toEqual([token, `backup-${token}`]);
});

it('a word makes no other fingerprint, and a prefix that is configured does', async () => {
  const token = newToken();
  const cwd = tempFolder();
  writeFiles(cwd, { 'a.txt': `${token}\n`, 'b.txt': `backup-${token}\n`, 'c.txt': `acme-${token}\n` });
  const plain = parseReport(await scan(cwd)).findings.map(({ secretFingerprint }) => secretFingerprint);
  expect(new Set(plain).size).toBe(1);
  writeFiles(cwd, { '.glaive.toml': '[gitlab]\nprefixes = ["acme-"]\n' });
  const configured = parseReport(await scan(cwd)).findings.map(({ secretFingerprint }) => secretFingerprint);
  expect([configured[0], configured[1]]).toEqual([plain[0], plain[0]]);
  expect(configured[2]).not.toBe(plain[0]);
});

describe('a report is acted on in the reading that works', () => {
  it.each(['', 'acme-'])('issued as %jTOKEN: verified, rotated, revoked', async (own) => {
    const fake = await fakeIssuer();
    const token = newToken();
    fake.tokens.set(own + token, { id: 1, state: 'active', kind: 'access', scopes: ['api', 'self_rotate'] });
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.txt': `x acme-${token}\n` });
    writeFileSync(join(cwd, 'report.json'), (await scan(cwd)).stdout);
    const act = async (...args: readonly string[]): Promise<Ran> =>
      await glaive([...args, '--gitlab-url', fake.url], { cwd, env: { CI_SERVER_URL: '', HOME: cwd } });
    const verified = await act('verify', 'report.json', '--format', 'json');
    expect([verified.code, parseReport(verified).findings[0]!.tokenStatus]).toEqual([1, 'active']);
    // A second token makes the prefix a part of both: reading the report again finds it nevertheless.
    writeFiles(cwd, { 'a.txt': `x acme-${token}\ny acme-${newToken()}\n` });
    const revoked = await act('revoke', 'report.json', '--yes');
    expect([revoked.code, revoked.stderr]).toEqual([0, '']);
    expect(revoked.stdout).toContain('1 done');
    expect(fake.tokens.get(own + token)!.state).toBe('revoked');
  });
});

it('a second token with the same prefix makes the first no new one', async () => {
  const [one, two] = [newToken(), newToken()];
  const root = tempRepository({ 'a.txt': `A=acme-${one}\n` });
  const accepted = await glaive(['baseline', '--yes'], { cwd: root });
  expect(accepted.code).toBe(0);
  writeFiles(root, { 'a.txt': `A=acme-${one}\nB=acme-${two}\n` });
  git(root, 'add', 'a.txt');
  const staged = parseReport(await glaive(['staged', '--format', 'json'], { cwd: root }));
  const count = ({ suppressions }: { readonly suppressions?: readonly object[] }): number => suppressions?.length ?? 0;
  expect(staged.findings.filter((finding) => count(finding) === 0).length).toBe(1);
  const whole = parseReport(await scan(root));
  expect(whole.findings.filter((finding) => count(finding) === 0).length).toBe(1);
});
