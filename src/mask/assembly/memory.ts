/**
 * The layout of the memory of the stream walker. The walker (AssemblyScript) and its host (TypeScript) both import this
 * file, so it has integer constants only, which mean the same in both languages.
 */

// What the host reads after each call: the ends of the lists, u32 each.
export const TEXT_END: usize = 1024;
export const RUNS_END: usize = 1028;
export const STYLES_END: usize = 1032;
export const WORDS_END: usize = 1036;
export const JOINTS_END: usize = 1040;

// What the host writes once: u8 for each byte.
/** 1: an invisible mark may begin with the byte (`terminal-marks.ts`). */
export const MARK_BYTES: usize = 1280;
/** 1: the byte may be in a word. */
export const IN_WORD: usize = 1536;
/** The same by halves of the byte: it may be in a word if the entries of both have a bit in common. */
export const UPPER_HALVES: usize = 1792;
export const LOWER_HALVES: usize = 1808;

/** What the walker writes: bytes that it compares with. V8 would make constants again at every use in a loop. */
export const COMPARED: usize = 1824;

/** The bytes of the stream that are not shown yet. Loads may go `SLACK` bytes beyond them, and stores beyond other bytes. */
export const RAW: usize = 4096;
export const RAW_MAX: usize = 458816;
export const SLACK: usize = 64;

/** What a terminal shows of them; it is not longer. */
export const TEXT: usize = RAW + RAW_MAX + SLACK;
/** Pairs of u32: where a run begins in the text, and in the stream. */
export const RUNS: usize = TEXT + RAW_MAX + SLACK;
/** Pairs of u32: the beginning and the end of a sequence that is not shown. */
export const STYLES: usize = RUNS + 65536;
/** Bytes of either list. Where one is full, the host goes on. */
export const LIST_MAX: usize = 65536;

/** Words that are joined over the end of a line, with a line feed behind each. */
export const WORDS: usize = STYLES + 65536;
export const WORDS_MAX: usize = 65536;
/** Four u32 for each of them: where its two parts begin in `WORDS`, and in the stream. */
export const JOINTS: usize = WORDS + WORDS_MAX + SLACK;
export const JOINT_SIZE: usize = 16;
export const JOINTS_MAX: usize = 65536;
export const END: usize = JOINTS + JOINTS_MAX;

/** Bytes of a word that are joined with the beginning of the next line. */
export const WORD_MAX: usize = 1024;
/** Programs do not cut shorter lines. */
export const NARROWEST: usize = 20;
/** A shorter word is no credential, and no value. */
export const SHORTEST: usize = 8;
