/** The pack reader, where files change under it. */

import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createKernel } from '../../../src/detect/search/create-kernel.ts';
import { PackReader } from '../../../src/history/packs/pack-reader.ts';
import { createVerdicts, PackScanner } from '../../../src/history/packs/pack-scanner.ts';
import { createPrefilter, type PrefilterText } from '../../../src/history/packs/prefilter.ts';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { whole, writePack } from '../../support/pack-writer.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const prefilter = createPrefilter(builtinRuleset(), createKernel);

/** The texts that are read of a pack. */
function visited(reader: PackReader): string[] {
  const texts: string[] = [];
  const onText = (_: number, { bytes }: PrefilterText): number => {
    texts.push(Buffer.from(bytes).toString());
    return 0;
  };
  for (const _ of new PackScanner({ prefilter, onText }).scan(reader, createVerdicts(reader)));
  return texts;
}

/** Two packs whose objects have the same places and lengths. */
function twins(): [one: string, other: string] {
  const folder = tempFolder();
  mkdirSync(join(folder, 'objects'));
  const [one, other] = ['1', '2'].map((name) =>
    writePack(folder, [whole('blob', Buffer.from(`nothing is in ${name}\n`))]),
  );
  return [one!, other!];
}

it('visits the objects in the pack', () => {
  const [path] = twins();
  expect(visited(PackReader.open(path, 20)!)).toEqual(['nothing is in 1\n']);
});

it('takes no pack that is not the one of its index', () => {
  const [path, other] = twins();
  copyFileSync(`${other}.pack`, `${path}.pack`);
  expect(PackReader.open(path, 20)).toBeUndefined();
});

it('visits nothing of a pack that was put in the place of another after it was opened', () => {
  const [path, other] = twins();
  const reader = PackReader.open(path, 20)!;
  copyFileSync(`${other}.pack`, `${path}.pack`);
  expect(visited(reader)).toEqual([]);
  copyFileSync(`${other}.idx`, `${path}.idx`);
  expect(visited(PackReader.from(reader.shared))).toEqual([]);
});

it('visits nothing of a pack that is gone', () => {
  const [path] = twins();
  const reader = PackReader.open(path, 20)!;
  rmSync(`${path}.pack`);
  expect(visited(reader)).toEqual([]);
});
