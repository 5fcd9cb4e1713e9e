/**
 * Random kinds of files in the place of random control files, before random commands: none hangs, reads outside of the repository, or
 * is clean where a control file was not read.
 */

import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../support/mint.ts';
import { type MakeOdd, ODD_KINDS } from '../support/odd-files.ts';
import { runs } from '../support/runs.ts';
import { glaive } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const RUNS = runs({ fast: 8, long: 50 });
const token = tokenMint(418);

const TEXTS: Readonly<Record<string, string>> = {
  '.glaive.toml': '[scan]\nexclude = ["docs/"]\n',
  '.glaiveignore': 'docs/\n',
  '.glaive-baseline': '',
};
const COMMANDS = [
  ['scan'],
  ['staged'],
  ['diff', 'HEAD~1..HEAD'],
  ['history'],
  ['scan', '--strict'],
  ['staged', '--quiet'],
];

/** Files that may be read, and bytes that may be no text. */
function regular(random: Random, text: string): Readonly<Record<string, MakeOdd>> {
  return {
    'a file': (path) => writeFileSync(path, text),
    'a link inside': (path) => {
      writeFileSync(`${path}.target`, text);
      symlinkSync(`${path.split('/').at(-1)!}.target`, path);
    },
    'UTF-16': (path) => writeFileSync(path, Buffer.from(`\uFEFF${text}`, 'utf16le')),
    bytes: (path) => writeFileSync(path, Buffer.concat([Buffer.from([0, 0xff]), random.bytes(1 + random.below(3000))])),
  };
}

it('no command is clean, hangs or fails otherwise', async () => {
  const random = new Random(20);
  for (let run = 0; run < RUNS; run++) {
    const root = tempRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'leak.txt': token() });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--no-verify', '--message', 'leak');
    writeFiles(root, { 'staged.txt': token() });
    git(root, 'add', '--all');
    const outside = tempFolder();
    const made: string[] = [];
    let isOdd = false;
    for (const [file, text] of Object.entries(TEXTS)) {
      if (random.below(2) === 0) continue;
      const odd = random.below(2) === 0;
      const kinds = odd ? ODD_KINDS : regular(random, text);
      const kind = random.pick(Object.keys(kinds));
      await kinds[kind]!(join(root, file), outside);
      made.push(`${kind} at ${file}`);
      isOdd ||= odd;
    }
    const args = random.pick(COMMANDS);
    const { code, stdout, stderr } = await glaive(args, { cwd: root });
    const said = { made, args, stderr };
    // There is a leak that must not be skipped.
    if (isOdd) expect({ ...said, code, stdout }).toEqual({ ...said, code: 2, stdout: '' });
    else expect([1, 2], JSON.stringify(said)).toContain(code);
    expect(stdout + stderr, JSON.stringify(said)).not.toMatch(/internal error|precious| at .*\.(?:ts|cjs):\d/);
  }
});
