/**
 * A sweep of the packs: every object that holds nothing is told so, at the pace of memory. What may hold something, and what
 * the pack reader passes over, is left to be read through git and looked at as anything else.
 */

import type { ObjectList } from '../git/all-objects.ts';
import { listPacks } from '../git/pack/object-folders.ts';
import { type PackedObject, PackReader } from '../git/pack/pack-reader.ts';
import { canUnpack, Unpacker } from '../git/pack/unpacker.ts';
import { gitText, type GitOptions, inheriting } from '../git/spawn.ts';
import { createBreather } from '../lib/breathe.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Sieve, Sifted } from '../model/sieve.ts';
import { splitCommit } from './commit-parts.ts';

export interface PackedOptions {
  readonly signal?: AbortSignal | undefined;
  readonly list: ObjectList;
  /** Blobs that are larger are passed over. Bytes. */
  readonly maxBlob: number | undefined;
  /** Gets the bytes of each text that holds nothing. */
  readonly looked: (bytes: number) => void;
}

/** Whether an object was found clean, wherever it stands: it may stand in several packs. */
const CLEAN = 1;
const SUSPECT = 2;

/**
 * The packs that can be read here; whoever gets them closes them.
 *
 * @throws GitError
 * @throws GlaiveError (`usage`) for a pack of which git would read for ever
 */
export async function openPacks(options: GitOptions): Promise<PackReader[]> {
  if (!canUnpack()) return [];
  const format = await gitText(['rev-parse', '--show-object-format'], inheriting(options));
  const packs: PackReader[] = [];
  for (const path of await listPacks(options)) {
    const pack = PackReader.open(path, format.trim() === 'sha256' ? 32 : 20);
    if (pack === undefined) continue;
    packs.push(pack);
    if (!pack.hasRing) continue;
    for (const each of packs) each.close();
    throw new GlaiveError('usage', `history: the pack ${path}.pack holds objects that are made of each other`, {
      hint: 'Nobody can read them, and git tries for ever. Whoever sent it meant harm: take the pack out.',
    });
  }
  return packs;
}

/** Which objects of the list hold nothing: a byte each, not 0. */
export async function sweepPacks(
  packs: readonly PackReader[],
  sieve: Sieve,
  options: PackedOptions,
): Promise<Uint8Array> {
  const { list, signal } = options;
  const verdicts = new Uint8Array(list.length);
  const breathe = createBreather();
  const unpacker = new Unpacker();
  for (const pack of packs) {
    for (const _ of pack.families<Sifted | undefined>(unpacker, (object) => judge(object, sieve, verdicts, options))) {
      const turn = breathe();
      if (turn !== undefined) await turn;
      if (signal?.aborted === true) break;
    }
    pack.close();
  }
  for (let index = 0; index < verdicts.length; index++) if (verdicts[index] !== CLEAN) verdicts[index] = 0;
  return verdicts;
}

/** Gives what is known of it, for those that are made of it; of commits nothing: they are looked at in parts. */
function judge(
  object: PackedObject<Sifted | undefined>,
  sieve: Sieve,
  verdicts: Uint8Array,
  { list, maxBlob, looked }: PackedOptions,
): Sifted | undefined {
  const { id, type, text, base, pieces, gather } = object;
  const index = list.find(id);
  let sifted: Sifted | undefined;
  let isClean: boolean;
  let texts: readonly Uint8Array[] = [text];
  if (type === 'commit') {
    const { header, message } = splitCommit(Buffer.from(text.buffer, text.byteOffset, text.length));
    texts = [header, message];
    isClean = index >= 0 && texts.every((bytes) => sieve.sift({ bytes }).isClean);
  } else {
    sifted = sieve.sift(
      base === undefined || pieces === undefined || gather === undefined
        ? { bytes: text }
        : { bytes: text, base, pieces, gather },
    );
    ({ isClean } = sifted);
  }
  if (index < 0) return sifted;
  const isPassedOver = type === 'blob' && maxBlob !== undefined && text.length > maxBlob;
  if (!isClean || isPassedOver || list.type(index) !== type) verdicts[index] = SUSPECT;
  else if (verdicts[index] === 0) {
    verdicts[index] = CLEAN;
    for (const { length } of texts) looked(length);
  }
  return sifted;
}
