/**
 * The compressed bytes of objects (AssemblyScript). Blocks of the pack are kept where they were read, neighbours next to each other, so
 * that objects are inflated in place. A system call for each object would take longer than unpacking it, and the objects of a delta tree
 * are mostly close together.
 */

import { readPack } from './host';
import { BLOCK_COUNT, BLOCK_NUMBERS, BLOCK_SHIFT, BLOCKS, INPUT } from './memory';

/** Where `length` bytes from an offset on are in memory; 0: they cannot be read. */
export function locate(start: f64, length: u32): usize {
  const offset = <u64>start;
  const first = <u32>(offset >> BLOCK_SHIFT);
  const last = <u32>((offset + <u64>length - 1) >> BLOCK_SHIFT);
  const count = load<u32>(BLOCK_COUNT);
  const place = first % count;
  if (last - first > 1 || (last != first && place + 1 == count)) return readPack(start, length, INPUT) ? INPUT : 0;
  if (!holdBlock(first, place)) return 0;
  if (last != first && !holdBlock(last, place + 1)) return 0;
  return BLOCKS + (<usize>place << BLOCK_SHIFT) + <usize>(offset & ((<u64>1 << BLOCK_SHIFT) - 1));
}

/** Reads a block unless it is in its place. */
function holdBlock(block: u32, place: u32): bool {
  const number = BLOCK_NUMBERS + (<usize>place << 2);
  if (load<u32>(number) == block + 1) return true;
  store<u32>(number, 0);
  const offset = <f64>(<u64>block << BLOCK_SHIFT);
  if (!readPack(offset, 1 << BLOCK_SHIFT, BLOCKS + (<usize>place << BLOCK_SHIFT))) return false;
  store<u32>(number, block + 1);
  return true;
}

/** To be called when another pack follows. */
export function forgetBlocks(): void {
  memory.fill(BLOCK_NUMBERS, 0, <usize>load<u32>(BLOCK_COUNT) << 2);
}
