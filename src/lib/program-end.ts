/** Where a program ends by its own tables. In a self-extracting file, an archive follows there. */

/** @param head the first bytes of the file @returns an offset; undefined if it is no program of Linux or Windows */
export function programEnd(head: Buffer): number | undefined {
  if (head.length < 64) return undefined;
  const end = isElf(head) ? elfEnd(head) : head[0] === 0x4d && head[1] === 0x5a ? windowsEnd(head) : 0;
  return end === 0 ? undefined : end;
}

/** Of the usual byte order. */
function isElf(head: Buffer): boolean {
  return head.readUInt32BE(0) === 0x7f454c46 && (head[4] === 1 || head[4] === 2) && head[5] === 1;
}

function elfEnd(head: Buffer): number {
  const isLong = head[4] === 2;
  const place = (at: number): number => (isLong ? Number(head.readBigUInt64LE(at)) : head.readUInt32LE(at));
  const short = (at: number): number => head.readUInt16LE(at);
  const [segments, sections] = isLong ? [place(32), place(40)] : [place(28), place(32)];
  const counts = isLong ? 54 : 42;
  let end = sections + short(counts + 4) * short(counts + 6);
  for (let index = 0; index < short(counts + 2); index++) {
    const at = segments + index * short(counts);
    if (at + short(counts) > head.length) break;
    end = Math.max(end, isLong ? place(at + 8) + place(at + 32) : place(at + 4) + place(at + 16));
  }
  return end;
}

function windowsEnd(head: Buffer): number {
  const header = head.readUInt32LE(60);
  if (header + 24 > head.length || head.readUInt32LE(header) !== 0x4550) return 0;
  const sections = header + 24 + head.readUInt16LE(header + 20);
  let end = 0;
  for (let index = 0; index < head.readUInt16LE(header + 6); index++) {
    const at = sections + 40 * index;
    if (at + 40 > head.length) break;
    end = Math.max(end, head.readUInt32LE(at + 16) + head.readUInt32LE(at + 20));
  }
  return end;
}
