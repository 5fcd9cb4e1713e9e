/** Takes the symbols and the debugging data of a Linux program away: a quarter of Node. `strip` of another version makes other bytes. */

/** Flag of a section that is loaded into memory. */
const ALLOCATED = 2n;
const SECTION_HEADER = 64;
const STRING_TABLE = 3;

/** @param program 64 bits, least significant byte first @returns the part of it that is loaded, with the sections of that part */
export function stripElf(program: Buffer): Buffer {
  if (program.readUInt32BE(0) !== 0x7f454c46 || program[4] !== 2 || program[5] !== 1)
    throw new Error('no such ELF file');
  const sections = Array.from({ length: program.readUInt16LE(0x3c) }, (_, index) => {
    const at = Number(program.readBigUInt64LE(0x28)) + index * SECTION_HEADER;
    return program.subarray(at, at + SECTION_HEADER);
  });
  // The first is empty; those that are loaded come next, and refer only to each other.
  const count = sections.findLastIndex((section) => (section.readBigUInt64LE(8) & ALLOCATED) !== 0n) + 1;
  const kept = sections.slice(0, count).map((section) => Buffer.from(section));
  const names = sections[program.readUInt16LE(0x3e)]!; // the table of names is one of them
  const from = Number(names.readBigUInt64LE(0x18));
  const nameTable = program.subarray(from, from + Number(names.readBigUInt64LE(0x20)));
  const end = Math.max(...kept.map(endOf));

  const table = Buffer.alloc(SECTION_HEADER);
  table.writeUInt32LE(names.readUInt32LE(0), 0);
  table.writeUInt32LE(STRING_TABLE, 4);
  table.writeBigUInt64LE(BigInt(end), 0x18);
  table.writeBigUInt64LE(BigInt(nameTable.length), 0x20);
  table.writeBigUInt64LE(1n, 0x30);

  const headersAt = Math.ceil((end + nameTable.length) / 8) * 8;
  const header = Buffer.from(program.subarray(0, end));
  header.writeBigUInt64LE(BigInt(headersAt), 0x28);
  header.writeUInt16LE(count + 1, 0x3c);
  header.writeUInt16LE(count, 0x3e);
  const gap = Buffer.alloc(headersAt - end - nameTable.length);
  return Buffer.concat([header, nameTable, gap, ...kept, table]);
}

/** Where the bytes of a section end; those of a section of zeros are not in the file. */
function endOf(section: Buffer): number {
  const isInFile = section.readUInt32LE(4) !== 8;
  return Number(section.readBigUInt64LE(0x18)) + (isInFile ? Number(section.readBigUInt64LE(0x20)) : 0);
}
