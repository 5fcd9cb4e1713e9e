/** What a value is assigned to, where the notation around it is easily mistaken for a part of it. */

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { expandExample, seededRandom } from '../../../../src/rules/examples.ts';
import { findReported } from '../../../support/find.ts';

const random = seededRandom(7);
const DASHED = `-${expandExample('{devise:19}', random).text}`;
const TOKEN = expandExample('{devise:20}', random).text;

async function foundIn(text: string, token: string): Promise<boolean> {
  const start = Buffer.byteLength(text.slice(0, text.indexOf(token)));
  return (await findReported(text)).some((found) => found.start === start && found.end === start + token.length);
}

it.each([
  ['a password in an address', `https://oauth2:${DASHED}@gitlab.example.com/a/b.git\n`],
  ['a value after a colon', `GITLAB_TOKEN:${DASHED}\n`],
])('a token may begin with a dash: %s', async (_, text) => {
  expect(await foundIn(text, DASHED)).toBe(true);
});

it('the dash of a default value in a shell is not a part of it', async () => {
  expect(await foundIn(`: "\${GITLAB_TOKEN:-${TOKEN}}"\n`, TOKEN)).toBe(true);
});

it.each([
  ['another name with the same first words', `CORP_TOKEN=${TOKEN}\nCORP_URL=https://gitlab.example.com\n`, true],
  ['in camel case', `corpUrl: https://gitlab.example.com\ncorpAccessToken: ${TOKEN}\n`, true],
  ['other first words', `CORP_URL=https://gitlab.example.com\nSENTRY_TOKEN=${TOKEN}\n`, false],
  ['an address that is no GitLab', `CORP_URL=https://example.com\nCORP_TOKEN=${TOKEN}\n# gitlab\n`, false],
  ['a name that is no secret', `corp.url=https://gitlab.example.com\ncorp.token_id=${TOKEN}\n`, false],
])('a token belongs to a server by %s', async (_, text, isFound) => {
  expect(await foundIn(text, TOKEN)).toBe(isFound);
});

it('the name of a file is no name of a secret: lists of checksums', async () => {
  const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
  const list = (name: string): string =>
    `{"files":{"token.md":"","src/gitlab.rs":"${sum('a')}","${name}":"${sum('b')}"}}`;
  for (const name of ['src/auth.rs', 'token.go', 'lib/private_token.py'])
    expect(await findReported(list(name))).toEqual([]);
  expect(await findReported(list('private_token'))).toHaveLength(1);
});
