/** The part of a pack that one thread scans: whole delta trees, one after the other, object by object. */

import { splitCommit } from '../../sources/commit-parts.ts';
import type { LinkCheck, SharedLinks } from './links.ts';
import type { PackedObject, PackReader, SharedPack } from './pack-reader.ts';
import type { Derivation, Prefilter, PrefilterResult } from './prefilter-text.ts';
import type { Unpacker } from './unpacker.ts';
import { packVerdict, TOO_LARGE } from './verdict.ts';

/** The verdicts on all objects of a pack, by their numbers; threads share them. */
export interface Verdicts {
  /** A `Verdict` for each object. */
  readonly kinds: Uint8Array;
  /** How many bytes of each object were scanned. */
  readonly bytes: Uint32Array;
  /** One number: the next object that no thread has taken. */
  readonly next: Int32Array;
}

/** The work of a thread. */
export interface PackTask {
  readonly pack: SharedPack;
  /** The part of the memory for packs that each thread may use, from 0 to 1. */
  readonly share: number;
  readonly verdicts: Verdicts;
  readonly links: SharedLinks;
}

export function createVerdicts(length: number): Verdicts {
  return {
    kinds: new Uint8Array(new SharedArrayBuffer(length)),
    bytes: new Uint32Array(new SharedArrayBuffer(4 * length)),
    next: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** Neighbours in the pack that a thread takes at once: the objects of a delta tree mostly are neighbours. */
const BATCH = 64;

/** The numbers that this thread takes from the shared counter. */
function* numbersTaken(length: number, next: Int32Array): Generator<number> {
  for (let from = Atomics.add(next, 0, BATCH); from < length; from = Atomics.add(next, 0, BATCH))
    for (let number = from; number < Math.min(length, from + BATCH); number++) yield number;
}

/** Scans until no delta tree is left. Yields after each object, so that the caller can do something else. */
export function scanPart(
  pack: PackReader,
  unpacker: Unpacker,
  prefilter: Prefilter,
  verdicts: Verdicts,
  links: LinkCheck,
): Generator<void> {
  return pack.visitTrees<PrefilterResult | undefined>(
    unpacker,
    {
      visit(object) {
        followLinks(object, links);
        return check(object, prefilter, verdicts);
      },
      onLarge: (number) => (verdicts.kinds[number] = TOO_LARGE),
    },
    numbersTaken(pack.length, verdicts.next),
  );
}

function followLinks({ type, text, derivation }: PackedObject<PrefilterResult | undefined>, links: LinkCheck): void {
  links.follow({ type, text, copyRanges: (derivation?.copyRanges.length ?? 0) / 3 });
}

/** Returns the result for objects made from this one; none for commits, whose header and message are checked separately. */
function check(
  { number, type, text, derivation }: PackedObject<PrefilterResult | undefined>,
  prefilter: Prefilter,
  { kinds, bytes }: Verdicts,
): PrefilterResult | undefined {
  if (text.length > prefilter.maxLength) {
    kinds[number] = packVerdict(type, false);
    return undefined;
  }
  if (type === 'commit') {
    const { header, message } = splitCommit(Buffer.from(text.buffer, text.byteOffset, text.length));
    const isClean = [header, message].every((part) => prefilter.check({ bytes: part }).isClean);
    bytes[number] = header.length + message.length;
    kinds[number] = packVerdict(type, isClean);
    return undefined;
  }
  const result = prefilter.check({
    bytes: text,
    derivation: hasBase(derivation) ? derivation : undefined,
  });
  bytes[number] = text.length;
  kinds[number] = packVerdict(type, result.isClean);
  return result;
}

/** Nothing is known of a base that was too long to be checked. */
function hasBase(derivation: PackedObject<PrefilterResult | undefined>['derivation']): derivation is Derivation {
  return derivation?.base !== undefined;
}
