/** Compressed values in a text, written as base64, or twice: releases of Helm, `user_data` of clouds, bodies in HAR files, `data:` addresses. */

import { constants, gunzipSync, inflateSync } from 'node:zlib';
import { base64At, PACKED_MARKS, packedAtStart, packedStart } from '../../lib/packed-base64.ts';
import { LF } from '../../lib/bytes.ts';
import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';
import { memoryInput } from '../memory.ts';
import { type Budget, HELD_MAX } from './budget.ts';
import { readWhole } from './bytes-of.ts';
import { entryArtifact } from './entry.ts';

/** Where many values seem to begin in one, the rest of it is read for each: so often on average. */
const READ_TIMES_MAX = 32;
/** How often a value may be encoded. */
const TIMES_MAX = 3;

/** @throws Skipped over a limit */
export async function* unpackBase64(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { artifact, view } = input;
  const open = (): ReturnType<Input['open']> => view?.(input.open(), artifact) ?? input.open();
  const bytes = await readWhole(view === undefined ? input : { artifact, open });
  const lineOf = lineCounter(bytes);
  const names = new Map<string, number>();
  let work = READ_TIMES_MAX * bytes.length;
  for (const start of startsIn(bytes)) {
    budget.entry();
    const text = base64At(bytes, start, bytes.length, work + 1);
    work -= text.length;
    if (work < 0) throw new Skipped('archive-limit');
    const packed = decoded(text);
    const content = unpacked(packed);
    budget.spend(content.length, content.length, packed.length);
    const line = `line ${lineOf(start)}`;
    const count = (names.get(line) ?? 0) + 1;
    names.set(line, count);
    yield memoryInput(content, entryArtifact(artifact, count === 1 ? line : `${line} (${count})`));
  }
}

/** In ascending order. */
function startsIn(bytes: Buffer): number[] {
  const starts = new Set<number>();
  for (const mark of PACKED_MARKS) {
    for (let at = bytes.indexOf(mark, 0, 'latin1'); at >= 0; at = bytes.indexOf(mark, at + 1, 'latin1')) {
      const start = packedStart(bytes, mark, at, bytes.length);
      if (start !== undefined) starts.add(start);
    }
  }
  if (packedAtStart(bytes)) starts.add(0);
  return [...starts].toSorted((a, b) => a - b);
}

function decoded(text: string): Buffer {
  let bytes = Buffer.from(text, 'base64');
  for (let times = 1; times < TIMES_MAX && packedAtStart(bytes); times++)
    bytes = Buffer.from(base64At(bytes, 0, bytes.length, Number.POSITIVE_INFINITY), 'base64');
  return bytes;
}

/** gzip and zlib without another entry; of a stream that is cut, what is there. Anything else is opened as an archive. */
function unpacked(bytes: Buffer): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: HELD_MAX };
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, options);
    if (bytes[0] === 0x78) return inflateSync(bytes, options);
  } catch {
    // It only begins like one, or is damaged, or is too large: as an archive it is opened, or reported.
  }
  return bytes;
}

function lineCounter(bytes: Buffer): (place: number) => number {
  let [line, counted] = [1, 0];
  return (place) => {
    for (; counted < place; counted++) if (bytes[counted] === LF) line++;
    return line;
  };
}
