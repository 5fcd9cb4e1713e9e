/**
 * The layout of the memory in which packs are scanned. The assembly (AssemblyScript) and its host (TypeScript) both import this file, so it
 * holds nothing but integer constants, which mean the same in both languages. Pages that are never written take no memory.
 */

/** The largest object, packed or unpacked. Larger ones are left to git. */
export const OBJECT_MAX: usize = 16777216;
/** Reads and writes may go this many bytes beyond their range: the kernel reads furthest. */
export const SLACK: usize = 1344;

/** Below it are the tables of the kernel, whose size depends on the needles (`detect/search/simd/`). */
export const ORIGIN: usize = 16777216;

// Tables of inflate: codes of a block, then the codes that RFC 1951 fixes, then what building them needs.
export const LITERALS: usize = ORIGIN;
export const DISTANCES: usize = LITERALS + 12288;
export const PRECODE: usize = DISTANCES + 4096;
export const FIXED_LITERALS: usize = PRECODE + 512;
export const FIXED_DISTANCES: usize = FIXED_LITERALS + 4096;
export const LENGTHS: usize = FIXED_DISTANCES + 1024;
export const SORTED: usize = LENGTHS + 512;
export const LENGTH_BASES: usize = SORTED + 1024;
export const DISTANCE_BASES: usize = LENGTH_BASES + 128;
export const ORDER: usize = DISTANCE_BASES + 128;
export const COUNTS: usize = ORDER + 64;
export const STARTS: usize = COUNTS + 64;

/** A bit for each two bytes, the first one lower, lowest bit first: whether a needle or a signature contains them. */
export const PAIRS: usize = STARTS + 128;
/** The same for each hash of three bytes. */
export const TRIGRAMS: usize = PAIRS + 8192;
/** And of four. */
export const QUADS: usize = TRIGRAMS + 8192;

/**
 * Bytes of which an archive has some, if it has no signature: a bit for each first byte that one may have at its beginning; how many entries
 * there are; and each as its place, from the end if negative, a mask and up to four bytes, u32 each. Those at the beginning are the last.
 */
export const MAGIC_FIRSTS: usize = QUADS + 65536;
export const MAGIC_COUNT: usize = MAGIC_FIRSTS + 32;
export const MAGICS_ELSEWHERE: usize = MAGIC_COUNT + 4;
export const MAGICS: usize = MAGIC_COUNT + 16;
export const MAGIC_SIZE: usize = 12;
export const MAGICS_MAX: usize = 128;

// What the host sets, u32 each.
export const SETTINGS: usize = MAGICS + MAGIC_SIZE * MAGICS_MAX;
/** A needle across the boundary of two copy ranges lies within this many bytes on either side. */
export const MARGIN: usize = SETTINGS;
/** A byte that no needle contains. */
export const SEPARATOR: usize = SETTINGS + 4;
/** Texts of so few bytes may be a credential as a whole. */
export const ALONE_MAX: usize = SETTINGS + 8;
/** Bytes of an id. */
export const WIDTH: usize = SETTINGS + 12;
/** 1 while links are collected. */
export const COLLECTS_LINKS: usize = SETTINGS + 16;
/** 1: the host is asked about every text, and gets all of its hits. */
export const ASKS_ALWAYS: usize = SETTINGS + 20;
/** Where the kernel puts the needles and the line breaks of a block, in its own part of the memory. */
export const NEEDLE_HITS: usize = SETTINGS + 24;
export const BREAK_HITS: usize = SETTINGS + 28;
/** The first needle that is a signature of an archive. */
export const SIGNATURES_FROM: usize = SETTINGS + 52;
/**
 * All objects of the repository, behind `END`, in the order of their ids: how many there are, or 0 for none that is looked up here; a part of
 * each id, u64 (`known-ids.ts`); a byte for each: the type, and IS_NAMED; and the table `starts` of `git/sorted-ids.ts`, with its shift.
 */
export const KNOWN_COUNT: usize = SETTINGS + 32;
export const KNOWN_KEYS: usize = SETTINGS + 36;
export const KNOWN_TYPES: usize = SETTINGS + 40;
export const KNOWN_STARTS: usize = SETTINGS + 44;
export const KNOWN_SHIFT: usize = SETTINGS + 48;
/** A bit for each byte with which a text of up to ALONE_MAX bytes may begin that is a credential as a whole. */
export const ALONE_FIRSTS: usize = SETTINGS + 64;

/** The texts on the path from a root to an object; in a delta tree whose heaviest branch is last, they are fewer than 32. */
export const FRAMES: usize = SETTINGS + 96;
export const FRAMES_MAX: usize = 48;

/** What is known of the next objects, in columns; the host moves this window over all of them. */
export const RECORDS_MAX: usize = 1024;
/** u32: where the compressed bytes are in the memory; 0: the host must read them. */
export const RECORD_PLACES: usize = FRAMES + 32 * FRAMES_MAX;
/** u32: how many of them there are. */
export const RECORD_LENGTHS: usize = RECORD_PLACES + 4 * RECORDS_MAX;
/** u32: the size of the inflated text or delta. */
export const RECORD_SIZES: usize = RECORD_LENGTHS + 4 * RECORDS_MAX;
/** u32: the number of the first object behind the subtree. */
export const RECORD_ENDS: usize = RECORD_SIZES + 4 * RECORDS_MAX;
/** u8: the type; 0: the entry cannot be read. */
export const RECORD_TYPES: usize = RECORD_ENDS + 4 * RECORDS_MAX;
/** The results: u8, a `Verdict`; u32, how many bytes were scanned. */
export const RECORD_VERDICTS: usize = RECORD_TYPES + RECORDS_MAX;
export const RECORD_BYTES: usize = RECORD_VERDICTS + RECORDS_MAX;

/** Links to follow: the type that the object must have, and MAY_BE_MISSING or not (u32), and its id. */
export const LINKS: usize = RECORD_BYTES + 4 * RECORDS_MAX;
export const LINKS_MAX: usize = 8192;
/** For each of them, between which two known objects its own belongs, u32 each; and room for one more. */
export const LINK_PLACES: usize = LINKS + 36 * LINKS_MAX;
export const LINK_TYPE_MASK: u32 = 7;
/** A partial clone has not all trees and blobs. */
export const MAY_BE_MISSING: u32 = 8;

/** Set in the type of a known object once another one names it. */
export const IS_NAMED: u32 = 8;

/** The ranges that a delta makes a text of. */
export const COPY_RANGES: usize = LINK_PLACES + 8 * LINKS_MAX + 8;
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

// Lists of hits, u64 each (`known-hits.ts`): those of the last search, and those of all texts on the path.
export const HITS_MAX: usize = 262144;
export const FRESH_HITS: usize = SPANS + 8 * (COPY_RANGES_MAX + 1);
export const KNOWN_HITS: usize = FRESH_HITS + 8 * HITS_MAX;
export const KNOWN_HITS_END: usize = KNOWN_HITS + 25165824;

/** The compressed bytes of the next objects (`pack-window.ts`). */
export const WINDOW: usize = ((KNOWN_HITS_END + 63) >> 6) << 6;
export const WINDOW_SIZE: usize = 33554432;
/** Longer entries are read one by one. */
export const LONG_ENTRY: u32 = 1048576;

/** A long entry. */
export const INPUT: usize = WINDOW + WINDOW_SIZE + 64;
/** The room for an object is a multiple of 64 bytes. */
export const OBJECT_ROOM: usize = ((OBJECT_MAX + SLACK + 63) >> 6) << 6;
/** A delta, and then the changed regions of the text that it has made. */
export const DELTA: usize = INPUT + OBJECT_ROOM;
/** 96 MiB for the texts on the path from a root to the object being made. */
export const TEXTS: usize = DELTA + OBJECT_ROOM;
export const END: usize = TEXTS + 100663296;

/** Returned instead of a size or a count: the input is damaged, or not for this base. */
export const REFUSED: u32 = 0xffffffff;
/** Returned instead of a count: the text is complete, but has more than `COPY_RANGES_MAX` ranges. */
export const TOO_MANY_RANGES: u32 = 0xfffffffe;
/** The source of a range that is not from the base. */
export const NOT_IN_BASE: u32 = 0xffffffff;

/** Added to the type in a verdict: the text may have a candidate. */
export const UNCLEAN: u32 = 16;
/** Added to the type in a verdict: the text has no candidate, and is an archive. */
export const ARCHIVE: u32 = 64;
/** The verdict on an object that is too large to be read here. */
export const TOO_LARGE: u32 = 32;

/** Why the host is asked about a text, besides its hits: it may have a signature of an archive; it may begin like one. */
export const MAY_HAVE_SIGNATURE: u32 = 1;
export const MAY_BE_ARCHIVE: u32 = 2;
