/**
 * The layout of the SIMD kernel's memory. The kernel (AssemblyScript) and its host (TypeScript) both import this file, so
 * it has integer constants only, which mean the same in both languages (`webassembly.d.ts` declares their types).
 */

/** The bytes that one call searches. */
export const BLOCK: usize = 32768;
/** Pass 1 hashes so many bytes before it looks them up: storing and loading the same bytes at once would stall. */
export const TURN: usize = 1024;
/** The kernel may read this far beyond the text. */
export const PADDING: usize = TURN + 128;

/** What the host writes once: addresses (u32), and the two factors of the hash (u16). */
export const TEXT_ADDRESS: usize = 1024;
export const HITS_ADDRESS: usize = 1028;
export const FACTORS: usize = 1032;
/** u32: 1 if what is adjacent in needles is written. */
export const HAS_NEIGHBOURS: usize = 1036;
/** Bytes that `breaks` compares with. They are loaded, because V8 makes constants again at every use in a loop. */
export const BREAK_BYTES: usize = 1040;
/** Vectors that `findRuns` loads for the same reason. */
export const RUN_VECTORS: usize = 1056;

/** The hashes of one turn, u16 each. */
export const HASHES: usize = 2048;
/** Where windows of needles hash to: a byte for each of 2^16 hashes, 0 or 1. */
export const TABLE: usize = 4096;
/** The four bytes by which windows are chained: a bit for each of 2^16 second hashes. */
export const BITMAP: usize = 69632;
/**
 * Heads of the chains: the number of the first entry, u16 each. A window is in the chain of its bytes and the one after
 * them, or, at the end of its needle, in that of its bytes and the one before them.
 */
export const HEADS_AFTER: usize = 77824;
export const HEADS_BEFORE: usize = 86016;
/** There is a head for each value of the first 12 bits of the second hash. */
export const HEAD_SHIFT: u32 = 4;
/** What is adjacent in needles, as `splits.ts` keeps it. */
export const NEIGHBOURS: usize = 94208;
/** Pass 1 lists stretches of 64 bytes with windows left: an address and a bit for each window, u32 each. */
export const BLOCKS: usize = 118784;
/** Pass 2 lists the windows left: an address, u32 each. */
export const WINDOWS: usize = BLOCKS + (((BLOCK + TURN) >> 6) << 3) + 64;
/** The entries of the chains: two for each needle, numbered from 1. Behind them the host puts needles, hits and text. */
export const ENTRIES: usize = WINDOWS + ((BLOCK + TURN) << 1) + 64;

/** An entry has 1 << 5 bytes. */
export const ENTRY_SHIFT: usize = 5;
/** u64: the first eight bytes of the needle. */
export const ENTRY_BYTES: usize = 0;
/** u64: a set bit for each bit of `ENTRY_BYTES` that must match. */
export const ENTRY_MASK: usize = 8;
/** u32: where the window begins in the needle. */
export const ENTRY_OFFSET: usize = 16;
/** u16: the next entry of the chain, or 0. */
export const ENTRY_NEXT: usize = 20;
/** u16: the needle. */
export const ENTRY_NEEDLE: usize = 22;
/** u16: the length of the needle. */
export const ENTRY_LENGTH: usize = 24;
/** u8: its guard, one of `guard-kinds.ts`. */
export const ENTRY_GUARD: usize = 26;
/** u32: the address of all of its bytes. */
export const ENTRY_TEXT: usize = 28;

/** What the tables are made of: 1 << 3 bytes for each needle. The first two are its length (u16). */
export const NEEDLE_SHIFT: usize = 3;
/** u8: where its window at an even offset begins. */
export const NEEDLE_EVEN: usize = 2;
/** u8: where its window at an odd offset begins. */
export const NEEDLE_ODD: usize = 3;
/** u8: its guard. */
export const NEEDLE_GUARD: usize = 4;

/** The second hash is the upper half of four bytes times this. */
export const HASH_FACTOR: u32 = 0x9e3779b1;
/** A hit is a position times this, plus a needle, as `packHit` makes it. */
export const HIT_FACTOR: u32 = 0x10000;
/** The needle of a hit that is a line break. */
export const LINE_BREAK: u32 = 0xffff;

/** Runs that `findRuns` reports: bytes of the shortest of a token, of the shortest of base64, and of the longest. */
export const RUN_TOKEN_MIN: usize = 16;
export const RUN_BASE64_MIN: usize = 27;
export const RUN_MAX: usize = 160;
/** Bytes in which they may begin at once. */
export const RUN_SPAN: usize = 16384;
