/**
 * A program for the bench `versions`: scans a clean commit. With `versions` it reads each changed file whole, from one
 * `git cat-file`, with `text` as `glaive staged` does.
 */

import { spawnSync } from 'node:child_process';
import { isNullId } from '../../src/git/object-id.ts';
import { gitAtOnce, type GitOptions } from '../../src/git/spawn.ts';
import type { Input } from '../../src/model/artifact.ts';
import type { Source } from '../../src/model/source.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { scan } from '../../src/scan/scan.ts';
import { memoryInput } from '../../src/sources/memory.ts';
import { stagedSource } from '../../src/staged/staged.ts';
import { LF } from '../../src/lib/bytes.ts';

const options = { cwd: process.cwd(), env: process.env };
const none = (): boolean => false;
const source =
  process.argv[2] === 'versions'
    ? ({ name: 'versions', inputs: () => versions(options) } satisfies Source)
    : stagedSource({ ...options, excludes: none, previouslyExcluded: none, isPolicyFile: none });
const { findings, gaps, counts } = await scan({
  command: 'staged',
  sources: [source],
  ruleset: builtinRuleset(),
  minConfidence: 'likely',
  strict: false,
  volume: 'commit',
  clock: () => new Date(),
});
if (findings.length > 0 || gaps.length > 0 || counts.artifacts === 0) throw new Error('the commit is not clean');

async function* versions(git: GitOptions): AsyncGenerator<Input> {
  const pieces: Buffer[] = [];
  const list = ['diff', '--cached', '--raw', '-z', '--no-abbrev', '--find-renames', '--no-ext-diff', '--'];
  for await (const piece of gitAtOnce(list, git)) pieces.push(piece);
  const records = Buffer.concat(pieces).toString('latin1').split('\0');
  const ids = records.flatMap((record) => (record.startsWith(':') ? [record.split(' ')[3]!] : []));
  const input = ids.filter((id) => !isNullId(id)).join('\n');
  const { stdout } = spawnSync('git', ['cat-file', '--batch', '--buffer'], { input, maxBuffer: 2 ** 30 });
  for (let at = 0; at < stdout.length;) {
    const start = stdout.indexOf(LF, at) + 1;
    const [id = '', , size] = stdout.toString('latin1', at, start).split(' ');
    at = start + Number(size) + 1;
    yield memoryInput(stdout.subarray(start, at - 1), { kind: 'file', uri: id, blob: id });
  }
}
