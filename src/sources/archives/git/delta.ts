/** Deltas of git: instructions that copy parts of a base, or insert new bytes. */

interface Instruction {
  /** Copied from the base; absent for an insertion. */
  readonly from?: number;
  readonly bytes: Buffer;
  readonly length: number;
}

/** @throws Error if the delta does not belong to the base */
export function applyDelta(base: Buffer, delta: Buffer, most: number): Buffer {
  const [baseSize, afterBase] = sizeAt(delta, 0);
  const [size, start] = sizeAt(delta, afterBase);
  if (baseSize !== base.length) throw new Error('an object is made from another one');
  if (size > most) throw new Error('an object is too large');
  const parts: Buffer[] = [];
  let length = 0;
  for (const { from, bytes, length: count } of instructions(delta, start)) {
    length += count;
    if (length > size || (from !== undefined && from + count > base.length)) break;
    parts.push(from === undefined ? bytes : base.subarray(from, from + count));
  }
  if (length !== size) throw new Error('an object does not have the size that it announces');
  return Buffer.concat(parts);
}

/** What a delta inserts, whose base is not here; something else is between its parts. */
export function insertedBy(delta: Buffer): Buffer {
  const parts: Buffer[] = [];
  const [, afterBase] = sizeAt(delta, 0);
  const [, start] = sizeAt(delta, afterBase);
  for (const { from, bytes } of instructions(delta, start)) parts.push(from === undefined ? bytes : Buffer.from('\n'));
  return Buffer.concat(parts);
}

function sizeAt(delta: Buffer, start: number): [size: number, end: number] {
  let [size, at] = [0, start];
  for (let unit = 1; ; unit *= 128) {
    const byte = delta.readUInt8(at++);
    size += (byte & 127) * unit;
    if (byte < 128) return [size, at];
  }
}

function* instructions(delta: Buffer, start: number): Generator<Instruction> {
  for (let at = start; at < delta.length;) {
    const code = delta[at++]!;
    if (code === 0) throw new Error('a delta has an unknown instruction');
    if (code < 128) {
      yield { bytes: delta.subarray(at, at + code), length: code };
      at += code;
      continue;
    }
    let [from, length] = [0, 0];
    for (let bit = 0; bit < 4; bit++) if ((code & (1 << bit)) !== 0) from += delta.readUInt8(at++) * 256 ** bit;
    for (let bit = 0; bit < 3; bit++) if ((code & (16 << bit)) !== 0) length += delta.readUInt8(at++) * 256 ** bit;
    length ||= 0x10000;
    yield { from, bytes: delta, length };
  }
}
