/** Whether a text may be an archive although it has none of the signatures (AssemblyScript): it looks like one at fixed places. */

import { MAGIC_COUNT, MAGIC_FIRSTS, MAGIC_SIZE, MAGICS, MAGICS_ELSEWHERE } from './memory';

/** False for nearly every text, and then `isArchive` of `lib/archive-kind.ts` is false without a signature. */
export function mayBeArchive(text: usize, size: u32): bool {
  if (size == 0) return false;
  const beginnings = MAGICS + <usize>load<u32>(MAGICS_ELSEWHERE) * MAGIC_SIZE;
  for (let magic = MAGICS; magic < beginnings; magic += MAGIC_SIZE) {
    const place = load<i32>(magic);
    const at = place < 0 ? <i64>size + <i64>place : <i64>place;
    if (at >= 0 && at < <i64>size && isAt(magic, text + <usize>at)) return true;
  }
  const first = <u32>load<u8>(text);
  if (((<u32>load<u8>(MAGIC_FIRSTS + <usize>(first >> 3)) >> (first & 7)) & 1) == 0) return false;
  const end = MAGICS + <usize>load<u32>(MAGIC_COUNT) * MAGIC_SIZE;
  for (let magic = beginnings; magic < end; magic += MAGIC_SIZE) if (isAt(magic, text)) return true;
  return false;
}

// @ts-ignore: decorator
@inline
function isAt(magic: usize, at: usize): bool {
  return (load<u32>(at) & load<u32>(magic, 4)) == load<u32>(magic, 8);
}
