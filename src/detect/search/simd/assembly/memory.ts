/**
 * The layout of the SIMD kernel's memory. The kernel (AssemblyScript) and its host (TypeScript) both import this file, so
 * it has integer constants only, which mean the same in both languages (`webassembly.d.ts` declares their types).
 */

/** The bytes that one call searches. */
export const BLOCK: usize = 32768;

/** Six tables of 16 entries for each group of eight buckets. */
export const TABLES: usize = 1024;
/** Heads of the hash chains: the number of the first entry, u16 each. 0 is an empty chain. */
export const HEADS: usize = 2048;
/** The entries of the chains: two for each needle, numbered from 1. */
export const ENTRIES: usize = 10240;
/** Pass 1 lists the stretches of 64 bytes that have windows left: an address and a bit for each window, u32 each. */
export const BLOCKS: usize = 65536;
/** Pass 2 lists the windows left: an address (u32) and the heads of two chains (u16 each). */
export const WINDOWS: usize = BLOCKS + 8 * ((BLOCK >> 6) + 16);
/** Pass 3 lists the hits: an address and a needle, u32 each. */
export const HITS: usize = WINDOWS + 8 * ((BLOCK >> 1) + 48);

/** An entry has 1 << 5 bytes. */
export const ENTRY_SHIFT: usize = 5;
/** u64: the first eight bytes of the needle. */
export const ENTRY_BYTES: usize = 0;
/** u64: a set bit for each bit of `ENTRY_BYTES` that must match. */
export const ENTRY_MASK: usize = 8;
/** i32: where the window begins, relative to the needle. */
export const ENTRY_OFFSET: usize = 16;
/** u16: the next entry of the chain, or 0. */
export const ENTRY_NEXT: usize = 20;
/** u16: the needle. */
export const ENTRY_NEEDLE: usize = 22;
/** u32: the length of the needle. */
export const ENTRY_LENGTH: usize = 24;

/** A hash is the top 12 bits of three bytes times this. */
export const HASH_FACTOR: u32 = 0x9e3779b1;
export const HASH_SHIFT: u32 = 20;
