/**
 * Signs a program of macOS without an identity ("ad hoc"), as `codesign --sign -` does: Apple's processors start nothing else. The format is
 * that of cs_blobs.h of XNU; the linkers of LLVM and Go write the same.
 */

import { createHash } from 'node:crypto';

const HEADER = 32;
const SEGMENT = 0x19;
const CODE_SIGNATURE = 0x1d;
const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
/** Of memory, on Apple's own processors; a multiple of that of the others. */
const MEMORY_PAGE = 0x4000;
const SHA256 = { id: 2, size: 32 } as const;
const DIRECTORY_SIZE = 88;
const INDEX_SIZE = 20;
/** Ad hoc, and made by a linker: `codesign` may replace it. */
const FLAGS = 0x20002;

/**
 * @param program 64 bits, one processor, without a signature, and with `__LINKEDIT` at its end
 * @param identifier the name in the signature
 */
export function signMacho(program: Buffer, identifier: string): Buffer {
  if (program.readUInt32LE(0) !== 0xfeedfacf) throw new Error('no Mach-O file of 64 bits');
  const commands = commandsOf(program);
  if (commands.some(({ kind }) => kind === CODE_SIGNATURE)) throw new Error('it has a signature already');
  const segment = (name: string): number => {
    const found = commands.find(({ kind, at }) => kind === SEGMENT && nameOf(program, at) === name);
    if (found === undefined) throw new Error(`it has no segment ${name}`);
    return found.at;
  };
  const [text, last] = [segment('__TEXT'), segment('__LINKEDIT')];

  const codeSize = roundUp(program.length, 16);
  const signatureSize = roundUp(INDEX_SIZE + directorySize(codeSize, identifier), 16);
  const code = Buffer.alloc(codeSize);
  program.copy(code);
  const end = HEADER + program.readUInt32LE(20);
  if (program.subarray(end, end + 16).some((byte) => byte !== 0)) throw new Error('it has no room for a load command');
  code.writeUInt32LE(program.readUInt32LE(16) + 1, 16);
  code.writeUInt32LE(program.readUInt32LE(20) + 16, 20);
  for (const [index, value] of [CODE_SIGNATURE, 16, codeSize, signatureSize].entries())
    code.writeUInt32LE(value, end + index * 4);
  const size = BigInt(codeSize + signatureSize) - program.readBigUInt64LE(last + 40);
  code.writeBigUInt64LE(BigInt(roundUp(Number(size), MEMORY_PAGE)), last + 32);
  code.writeBigUInt64LE(size, last + 48);

  const signature = Buffer.alloc(signatureSize);
  const directory = directoryOf(code, identifier, {
    start: program.readBigUInt64LE(text + 40),
    size: program.readBigUInt64LE(text + 48),
  });
  for (const [index, value] of [0xfade0cc0, INDEX_SIZE + directory.length, 1, 0, INDEX_SIZE].entries())
    signature.writeUInt32BE(value, index * 4);
  directory.copy(signature, INDEX_SIZE);
  return Buffer.concat([code, signature]);
}

interface Command {
  readonly kind: number;
  readonly at: number;
}

function commandsOf(program: Buffer): Command[] {
  const commands: Command[] = [];
  let at = HEADER;
  for (let left = program.readUInt32LE(16); left > 0; left--) {
    commands.push({ kind: program.readUInt32LE(at), at });
    at += program.readUInt32LE(at + 4);
  }
  return commands;
}

function nameOf(program: Buffer, segment: number): string {
  return program.toString('latin1', segment + 8, segment + 24).replace(/\0+$/, '');
}

function directorySize(codeSize: number, identifier: string): number {
  return DIRECTORY_SIZE + Buffer.byteLength(identifier) + 1 + Math.ceil(codeSize / PAGE) * SHA256.size;
}

/** The code directory: a hash of each page of the program. */
function directoryOf(
  code: Buffer,
  identifier: string,
  text: { readonly start: bigint; readonly size: bigint },
): Buffer {
  const directory = Buffer.alloc(directorySize(code.length, identifier));
  const pages = Math.ceil(code.length / PAGE);
  const hashes = directory.length - pages * SHA256.size;
  const words = [0xfade0c02, directory.length, 0x20400, FLAGS, hashes, DIRECTORY_SIZE, 0, pages, code.length];
  for (const [index, value] of words.entries()) directory.writeUInt32BE(value, index * 4);
  directory.set([SHA256.size, SHA256.id, 0, PAGE_BITS], 36);
  directory.writeBigUInt64BE(text.start, 64);
  directory.writeBigUInt64BE(text.size, 72);
  directory.writeBigUInt64BE(1n, 80); // the main program of a process
  directory.write(identifier, DIRECTORY_SIZE);
  for (let page = 0; page < pages; page++) {
    const hash = createHash('sha256').update(code.subarray(page * PAGE, (page + 1) * PAGE));
    hash.digest().copy(directory, hashes + page * SHA256.size);
  }
  return directory;
}

const roundUp = (size: number, step: number): number => Math.ceil(size / step) * step;
