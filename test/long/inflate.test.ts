/**
 * Our inflate against zlib's, on every object of real packs: those of this project, and of the repositories that `GLAIVE_PACKS` names
 * (separated by colons).
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readDeltaTrees } from '../../src/history/packs/delta-trees.ts';
import { PackFile } from '../../src/history/packs/pack-file.ts';
import { parsePackIndex, readIndexFile } from '../../src/history/packs/pack-index.ts';
import { OBJECT_MAX } from '../../src/history/packs/assembly/memory.ts';
import { Unpacker } from '../../src/history/packs/unpacker.ts';
import { fuzzRepository } from '../support/fuzz-repository.ts';
import { gitEnvironment } from '../support/temp-folder.ts';

const root = join(import.meta.dirname, '..', '..');

function packsOf(repository: string): string[] {
  const folder = execFileSync('git', ['rev-parse', '--git-path', 'objects/pack'], {
    cwd: repository,
    encoding: 'utf8',
    env: gitEnvironment(),
  }).trim();
  const packs = resolve(repository, folder);
  return readdirSync(packs)
    .filter((name) => name.endsWith('.idx'))
    .map((name) => join(packs, name.slice(0, -'.idx'.length)));
}

it('gives what zlib gives, object by object', () => {
  const unpacker = new Unpacker();
  const { bytes, input, texts } = unpacker;
  const counts = { objects: 0, megabytes: 0, tooLarge: 0, differences: 0 };
  // A clone on the same disk may have no packs.
  const repositories = [root, fuzzRepository(5, { commits: 500 }), ...(process.env['GLAIVE_PACKS']?.split(':') ?? [])];
  for (const path of repositories.flatMap(packsOf)) {
    const index = parsePackIndex(readIndexFile(`${path}.idx`), 20);
    if (index === undefined) continue; // SHA-256
    const file = new PackFile(`${path}.pack`, statSync(`${path}.pack`).size, index.check);
    const { length, starts, lengths, sizes, types } = readDeltaTrees(file, index);
    for (let number = 0; number < length; number++) {
      const [taken, size] = [lengths[number]!, sizes[number]!];
      if (types[number] === 0 || size > OBJECT_MAX || taken > OBJECT_MAX) {
        counts.tooLarge++;
        continue;
      }
      expect(file.read(bytes, input, starts[number]!, taken)).toBe(true);
      const ours = unpacker.inflate({ source: input, length: taken, target: texts, size });
      const theirs = inflateSync(bytes.subarray(input, input + taken), { chunkSize: Math.max(64, size) });
      if (ours !== taken || theirs.compare(bytes, texts, texts + size) !== 0) counts.differences++;
      counts.objects++;
      counts.megabytes += size / 1e6;
    }
    file.close();
  }
  console.log(
    `inflate: ${counts.objects} objects, ${counts.megabytes.toFixed(0)} MB, ${counts.tooLarge} left out, ${counts.differences} differences`,
  );
  expect(counts.objects).toBeGreaterThan(1500);
  expect(counts.differences).toBe(0);
});
