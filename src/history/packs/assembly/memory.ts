/**
 * The layout of the unpacker's memory. The unpacker (AssemblyScript) and its host (TypeScript) both import this file, so it
 * holds nothing but integer constants, which mean the same in both languages.
 */

/** The largest object, packed or unpacked. Larger ones are left to git. */
export const OBJECT_MAX: usize = 16777216;
/** Reads and writes may go this many bytes beyond their range. */
export const SLACK: usize = 320;

// Tables of inflate: codes of a block, then the codes that RFC 1951 fixes, then what building them needs.
export const LITERALS: usize = 1024;
export const DISTANCES: usize = 13312;
export const PRECODE: usize = 17408;
export const FIXED_LITERALS: usize = 17920;
export const FIXED_DISTANCES: usize = 22016;
export const LENGTHS: usize = 23040;
export const SORTED: usize = 23552;
export const LENGTH_BASES: usize = 24576;
export const DISTANCE_BASES: usize = 24704;
export const ORDER: usize = 24832;
export const COUNTS: usize = 24896;
export const STARTS: usize = 24960;

/** `ChunkBoundaries.pairs`, a bit for each two bytes. */
export const PAIRS: usize = 25088;
/** `ChunkBoundaries.trigrams`, a bit for each hash of three bytes. */
export const TRIGRAMS: usize = 33280;
/** A hash of three bytes: they are the upper 24 bits of a u32, the first one lowest; times this; the upper 16 bits. */
export const TRIGRAM_FACTOR: u32 = 2654435761;

/** For `holdsSignature`: six tables of 16 bytes; how many signatures there are; and each as its length and its bytes. */
export const SIGNATURE_TABLES: usize = 41472;
export const SIGNATURE_COUNT: usize = 41568;
export const SIGNATURES: usize = 41584;
export const SIGNATURE_SIZE: usize = 16;
export const SIGNATURES_MAX: usize = 32;

/** The ranges that a delta makes a text of. */
export const COPY_RANGES: usize = SIGNATURES + SIGNATURE_SIZE * SIGNATURES_MAX;
export const COPY_RANGES_MAX: usize = 65536;
/** u32: where the range starts in the text. */
export const RANGE_START: usize = 0;
/** u32: its length. */
export const RANGE_LENGTH: usize = 4;
/** u32: where it was in the base, or `NOT_IN_BASE`. */
export const RANGE_SOURCE: usize = 8;
export const RANGE_SIZE: usize = 12;

/** The changed regions: where each starts among them and in the text, u32 each, then the length of all of them. */
export const SPANS: usize = COPY_RANGES + RANGE_SIZE * COPY_RANGES_MAX;
export const INPUT: usize = SPANS + 8 * (COPY_RANGES_MAX + 1);
/** The room for an object is a multiple of 64 bytes. */
export const OBJECT_ROOM: usize = ((OBJECT_MAX + SLACK + 63) >> 6) << 6;
export const DELTA: usize = INPUT + OBJECT_ROOM;
export const TEXTS: usize = DELTA + OBJECT_ROOM;
/** 96 MiB for the texts on the path from a root to the object being made. Pages that are never written take no memory. */
export const END: usize = TEXTS + 100663296;

/** Returned instead of a size or a count: the input is damaged, or not for this base. */
export const REFUSED: u32 = 0xffffffff;
/** Returned instead of a count: the text is complete, but has more than `COPY_RANGES_MAX` ranges. */
export const TOO_MANY_RANGES: u32 = 0xfffffffe;
/** The source of a range that is not from the base. */
export const NOT_IN_BASE: u32 = 0xffffffff;
