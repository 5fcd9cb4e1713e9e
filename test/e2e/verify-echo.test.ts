/** A server that gives the token back, in whatever disguise: no report has it. */

import { expect, it } from 'vitest';
import { fakeIssuer } from '../support/fake-issuer.ts';
import { mint, Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const random = new Random(99);
const apart = (between: string) => (token: string) => [...token].join(between);

it.each<readonly [string, (token: string) => string]>([
  ['as it is', (token) => token],
  ...[0x2060, 0x200b, 0xad, 0xfeff, 0x061c, 0x180e, 0xfe0f, 0x115f, 0x3164, 0x034f, 0xe0041].map(
    (code) => [`with U+${code.toString(16)} between its letters`, apart(String.fromCodePoint(code))] as const,
  ),
  ['in base64', (token) => Buffer.from(token).toString('base64')],
  ['in base64, after a letter', (token) => Buffer.from(`x${token}y`).toString('base64')],
  ['in base64url, after two', (token) => Buffer.from(`xy${token}`).toString('base64url')],
  ['in hex', (token) => Buffer.from(token).toString('hex')],
  ['percent-encoded', (token) => [...Buffer.from(token)].map((byte) => `%${byte.toString(16)}`).join('')],
])('%s', async (_, disguise) => {
  const token = mint('pat legacy', random);
  const fake = await fakeIssuer();
  const shown = disguise(token);
  fake.intercept = (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const body =
      request.url?.includes('/personal_access_tokens/self') === true
        ? {
            id: 1,
            name: `a ${shown} b`,
            scopes: ['api', shown],
            user_id: 7,
            active: true,
            revoked: false,
            created_at: '2026-01-01',
            expires_at: null,
            last_used_at: null,
          }
        : { id: 7, username: shown, name: shown, bot: false };
    response.end(JSON.stringify(body));
    return true;
  };
  const { stdout, stderr } = await glaive(['scan', '-', '--verify', '--gitlab-url', fake.url, '--format', 'json'], {
    input: `t = "${token}"\n`,
    cwd: tempFolder(),
    env: { CI_SERVER_URL: '', GLAIVE_GITLAB_TOKEN: '' },
  });
  expect(stdout).toContain('"tokenStatus": "active"');
  const said = (stdout + stderr).normalize('NFC').replace(/\\u[0-9a-f]{4}|[^\x21-\x7e]/g, '');
  for (const secret of [
    token.slice(6),
    Buffer.from(token.slice(6)).toString('hex'),
    Buffer.from(token).toString('base64').slice(8, 24),
  ])
    expect(said).not.toContain(secret);
  for (let before = 0; before < 3; before++)
    expect(said).not.toContain(
      Buffer.from(`${'x'.repeat(before)}${token}`)
        .toString('base64')
        .slice(8, 24),
    );
});
