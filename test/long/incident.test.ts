/** An incident from start to end: plant, find, verify, rotate, verify again, audit log; then Vault, as a job gets its secrets. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeIssuer } from '../support/fake-issuer.ts';
import { allow, type FakeVault, fakeVault, jobJwt } from '../support/fake-vault.ts';
import { mint, Random } from '../support/mint.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { parseReport } from '../support/scan-report.ts';
import { printTable } from '../support/table.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

it('an incident, from the leak to its end', async () => {
  const random = new Random(20261121);
  const fake = await fakeIssuer();
  const cwd = tempRepository();
  const tokens = ['pat routable v1', 'pat legacy', 'runner legacy'].map((kind) => mint(kind, random));
  const fresh = tokens.map((_, index) => mint(['pat routable v1', 'pat legacy', 'runner legacy'][index]!, random));
  fake.tokens.set(tokens[0]!, {
    kind: 'access',
    id: 11,
    state: 'active',
    scopes: ['read_user', 'api'],
    expiresAt: '2027-03-04',
  });
  fake.tokens.set(tokens[1]!, { kind: 'access', id: 12, state: 'revoked' });
  fake.tokens.set(tokens[2]!, { kind: 'runner', id: 13, state: 'active' });
  // In the order of the findings: by file.
  const next = [fresh[2]!, fresh[0]!];
  fake.successor = () => next.shift()!;
  const run = async (line: string): Promise<Ran> => {
    const ran = await glaive(
      line.split(' ').map((word) => word.replace('URL', fake.url)),
      { cwd, env: { CI_SERVER_URL: '', HOME: cwd } },
    );
    const shown = (ran.stderr + ran.stdout)
      .replaceAll(fake.url, 'https://gitlab')
      .replaceAll(fake.host, 'gitlab')
      .replaceAll(cwd, '.');
    say(
      `$ glaive ${line.replace('URL', 'https://gitlab')}   [${ran.code}]\n${line.includes('--format json') ? '' : shown}`,
    );
    for (const secret of [...tokens, ...fresh]) expect(ran.stdout + ran.stderr).not.toContain(secret.slice(9));
    return ran;
  };

  writeFiles(cwd, {
    'deploy.yml': `token: ${tokens[0]}\nold: ${tokens[1]}\n`,
    'config.toml': `token = "${tokens[2]}"\n`,
  });
  git(cwd, 'add', '.');
  git(cwd, 'commit', '-qm', 'planted');
  git(cwd, 'rm', '-q', '--cached', 'config.toml');
  git(cwd, 'commit', '-qm', 'removed again');

  say('\n--- find');
  expect((await run('history --format json --output r.json')).code).toBe(1);
  say('--- verify');
  expect((await run('verify r.json --gitlab-url URL')).code).toBe(1);
  say('--- rotate');
  mkdirSync(join(cwd, 'keys'));
  expect((await run('rotate r.json --gitlab-url URL --output keys --yes --audit-log audit.jsonl')).code).toBe(0);
  say('--- verify again');
  const again = parseReport(await run('verify r.json --gitlab-url URL --format json'));
  say(
    again.findings
      .map(({ ruleId, tokenStatus, tokenStatusReason: why = '' }) =>
        `${ruleId}: ${tokenStatus} ${why}`.replaceAll(fake.host, 'gitlab'),
      )
      .join('\n'),
  );
  say('\n--- audit log');
  const audit = readFileSync(join(cwd, 'audit.jsonl'), 'utf8').replaceAll(fake.host, 'gitlab');
  say(audit);
  expect(audit.split('\n').filter(Boolean).length).toBe(4);
  const kept = await glaive(['verify', '-', '--gitlab-url', fake.url, '--format', 'json'], {
    cwd,
    input: (await glaive(['scan', 'keys', '--format', 'json'], { cwd })).stdout,
  });
  expect(parseReport(kept).findings.map(({ tokenStatus }) => tokenStatus)).toEqual(['active', 'active']);
  say('--- requests, by kind');
  const counts = new Map<string, number>();
  for (const { method, url } of fake.calls) {
    const key = `${method} ${url.split('?')[0]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) say(`${String(count).padStart(3)}  ${key}`);
});

it('Vault, for each engine and each failure', async () => {
  const jwt = (claims = {}, issuer?: string): string =>
    jobJwt({ aud: 'https://vault', project_path: 'group/project', exp: 4e9, ...claims }, issuer);
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, ((vault: FakeVault) => void)?])[] =
    [
      ['kv-v2, short form', 'app/token@kv-v2', {}],
      ['kv-v1, long form', 'app --field token --mount old --engine kv-v1', {}],
      ['generic', 'app/token@gen --engine generic', {}],
      ['secret not found', 'none/token@kv-v2', {}],
      ['role missing', 'app/token', { VAULT_AUTH_ROLE: '' }],
      ['role wrong', 'app/token', { VAULT_AUTH_ROLE: 'x' }],
      ['audience', 'app/token', { VAULT_ID_TOKEN: jwt({ aud: 'x' }) }],
      ['bound claim', 'app/token', { VAULT_ID_TOKEN: jwt({ project_path: 'evil/fork' }) }],
      ['permission denied', 'app/token@private', {}],
      ['data/ in the path', 'data/app/token@kv-v2', {}],
      ['sealed', 'app/token', {}, (vault) => (vault.state = 'sealed')],
      ['standby', 'app/token', {}, (vault) => (vault.state = 'standby')],
      ['namespace wrong', 'app/token', { VAULT_NAMESPACE: 'x' }],
    ];
  const rows: Record<string, string | number>[] = [];
  for (const [name, args, env, set] of cases) {
    const vault = await fakeVault();
    vault.roles.set('glaive', {
      audiences: ['https://vault'],
      claims: { project_path: 'group/project' },
      policies: [allow(['read'], 'kv-v2/*', 'old/*', 'gen/*')],
    });
    const secrets = { app: { token: 'the-secret' } };
    for (const [mount, kind] of [
      ['kv-v2', 'kv-v2'],
      ['old', 'kv-v1'],
      ['gen', 'generic'],
      ['private', 'kv-v2'],
    ] as const)
      vault.mounts.set(mount, { kind, secrets });
    set?.(vault);
    const ran = await glaive(['vault', 'get', ...args.split(' ')], {
      env: { VAULT_SERVER_URL: vault.url, VAULT_AUTH_ROLE: 'glaive', VAULT_ID_TOKEN: jwt(), ...env },
    });
    const [message = '', hint = ''] = ran.stderr.replace(/^glaive: The path.*\n/, '').split('\n');
    rows.push({
      case: name,
      code: ran.code,
      'what it says': ran.code === 0 ? ran.stdout : message.replace('glaive: vault: ', ''),
      'the way out': hint.trim(),
    });
    expect(ran.code).toBe(rows.length <= 3 ? 0 : 2);
  }
  printTable('glaive vault get', rows);
});
