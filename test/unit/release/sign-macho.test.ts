/** The signature of a program of macOS, read again by the format of XNU's cs_blobs.h. No Apple computer is here; `codesign --verify` is in the workflow. */

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { signMacho } from '../../../scripts/release/executables/sign-macho.ts';

/** A program with two segments, and nothing that runs. */
function program(size: number): Buffer {
  const bytes = Buffer.alloc(size, 7);
  bytes.fill(0, 0, 1024);
  for (const [index, value] of [0xfeedfacf, 0x100000c, 0, 2, 2, 144].entries()) bytes.writeUInt32LE(value, index * 4);
  for (const [index, [name, start, end]] of (
    [
      ['__TEXT', 0, 8192],
      ['__LINKEDIT', 8192, size],
    ] as const
  ).entries()) {
    const at = 32 + index * 72;
    bytes.writeUInt32LE(0x19, at);
    bytes.writeUInt32LE(72, at + 4);
    bytes.write(name, at + 8);
    bytes.writeBigUInt64LE(BigInt(start), at + 40);
    bytes.writeBigUInt64LE(BigInt(end - start), at + 48);
  }
  return bytes;
}

it('is at the end, inside the last segment, and has the hash of every page', () => {
  const signed = signMacho(program(20_001), 'glaive');
  const command = 32 + 144;
  const [kind, , start = 0, size = 0] = [0, 4, 8, 12].map((offset) => signed.readUInt32LE(command + offset));
  expect([kind, signed.readUInt32LE(16), signed.readUInt32LE(20)]).toEqual([0x1d, 3, 160]);
  expect([start % 16, start + size]).toEqual([0, signed.length]);
  expect(Number(signed.readBigUInt64LE(32 + 72 + 48))).toBe(signed.length - 8192);
  const directory = signed.subarray(start + signed.readUInt32BE(start + 16));
  expect(directory.readUInt32BE(0)).toBe(0xfade0c02);
  expect(directory.readUInt32BE(32), 'it covers all bytes before it').toBe(start);
  const hashes = directory.readUInt32BE(16);
  const pages = directory.readUInt32BE(28);
  expect(pages).toBe(Math.ceil(start / 4096));
  for (let page = 0; page < pages; page++) {
    const bytes = signed.subarray(page * 4096, Math.min((page + 1) * 4096, start));
    const hash = createHash('sha256').update(bytes).digest();
    expect(directory.subarray(hashes + page * 32, hashes + (page + 1) * 32)).toEqual(hash);
  }
  const name = directory.readUInt32BE(20);
  expect(directory.toString('latin1', name, name + 7)).toBe('glaive\0');
});

it('is made once only, and only of a program', () => {
  const signed = signMacho(program(9000), 'glaive');
  expect(() => signMacho(signed, 'glaive')).toThrow(/already/);
  expect(() => signMacho(Buffer.alloc(64), 'glaive')).toThrow(/Mach-O/);
});
