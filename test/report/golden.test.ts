/**
 * One small report in every format, byte for byte (`test/golden/`). To accept a change, read what
 * `UPDATE_GOLDEN=1 npx vitest run test/report/golden.test.ts` makes of the files.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { type FormatName, FORMATS } from '../../src/report/index.ts';
import { jsonWebToken, KINDS, Random } from '../support/mint.ts';
import { file, render, scanned } from '../support/sample-scan.ts';
import { TOKEN_SHAPE } from '../support/token-shape.ts';

const folder = join(import.meta.dirname, '..', 'golden');
const update = process.env['UPDATE_GOLDEN'] === '1';

/** Proven, certain and likely; several places; expired; in a name; a gap and skips. */
async function goldenReport(): Promise<Report> {
  const random = new Random(20261120);
  const make = (kind: string): string => KINDS[kind]!.make(random, '');
  const [access, deploy, feed] = [make('pat routable v1'), make('deploy'), make('feed, old')];
  const claims = {
    iss: 'gitlab.example.com',
    sub: 'gid://gitlab/Ci::Build/4711',
    exp: 1_767_225_600,
    u: '16',
    p: '2s',
  };
  const job = `glcbt-${jsonWebToken(random, claims)}`;
  return scanned({
    inputs: [
      file('.env', `GITLAB_TOKEN=${access}\n# größe: "${deploy}" <- remove\nOLD=${access}\n`),
      file(
        'docs/feeds & more.md',
        `[feed](https://gitlab.example.com/dashboard.atom?feed_token=${feed}&state=opened)\n`,
      ),
      file(`keys/${deploy}/\u001b[2Jreadme`, ''),
      file('logs/job 1.log', `$ docker login -p ${job} registry\n`),
    ],
    gaps: [{ kind: 'missing', uri: 'gone.txt', message: 'no such file or folder', hint: 'Check the spelling.' }],
    skips: { ignored: 2, symlink: 1 },
    commit: '1f'.repeat(20),
  });
}

const CASES: readonly (readonly [name: string, format: FormatName, color: boolean])[] = [
  ...(Object.keys(FORMATS) as FormatName[]).map((format) => [format, format, false] as const),
  ['text-color', 'text', true],
];
const goldenFiles = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.golden'));

it.each(CASES)('%s', async (name, format, color) => {
  const path = join(folder, `${name}.golden`);
  const written = await render(format, await goldenReport(), { color });
  if (update) writeFileSync(path, written);
  expect(written).toBe(readFileSync(path, 'utf8'));
});

it('there is a file for each format, and no other', () => {
  expect(goldenFiles()).toEqual(CASES.map(([name]) => `${name}.golden`).toSorted());
});

it.each(goldenFiles())('%s holds nothing that looks like a token', (name) => {
  expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(TOKEN_SHAPE);
});
