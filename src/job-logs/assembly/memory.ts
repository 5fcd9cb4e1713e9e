/**
 * The layout of the line walker's memory. The walker (AssemblyScript) and its host (TypeScript) both import this file, so
 * it has integer constants only, which mean the same in both languages.
 */

// What the host writes before each call.
/** f64: where the text of the next line begins in the text of the log. */
export const TEXT_OFFSET: usize = 1024;
/** f64: where `RAW` is in the log. */
export const RAW_OFFSET: usize = 1032;
/** f64: the section of the lines. */
export const SECTION: usize = 1040;
/** u32: whether the first line continues the line before it. */
export const IS_CONTINUED: usize = 1052;
/** u32: whether the first line may have to be joined with the line before it. */
export const IS_OPEN: usize = 1056;
/** u32: how much joined lines may cost, so that they need not be given in the middle of the lines. */
export const JOINED_ROOM: usize = 1084;

// What the host writes, and reads afterwards.
/** u32: the stream of the line before, and afterwards that of the first line that is left to the host. */
export const STREAM: usize = 1048;
/** u32: the number of lines so far. */
export const LINES: usize = 1060;
/** u32: the widest line of the command, and the width of the last wide one. */
export const WIDEST: usize = 1064;
export const LAST_WIDTH: usize = 1068;

// What the host reads afterwards.
/** u32: the end of the text. */
export const TEXT_END: usize = 1072;
/** u32: the end of its parts. */
export const PARTS_END: usize = 1076;
/** u32: whether lines have the header of GitHub Actions. */
export const IS_GITHUB: usize = 1080;
/** u32: whether the lines end only because more bytes are needed. */
export const IS_AT_END: usize = 1100;
/** u32: the end of the joined lines, of their parts, and their cost. */
export const JOINED_END: usize = 1088;
export const JOINED_PARTS_END: usize = 1092;
export const JOINED_COST: usize = 1096;
/** u32: the stream of the first line, and the end of the list of streams that another one has followed. */
export const FIRST_STREAM: usize = 1104;
export const LEFT_END: usize = 1108;

// What the host writes once.
/** u8 for each byte: whether it can be in a word. */
export const IN_WORD: usize = 1280;
/** u8 for each width: whether terminals have it. */
export const COMMON_WIDTHS: usize = 1536;
/** Terminals are not wider. */
export const WIDEST_TERMINAL: u32 = 512;

/** Bytes that decide whether a line has a header. */
export const HEADER_MAX: usize = 33;

/** The bytes of the log. Loads may go `SLACK` bytes beyond them, and stores beyond the text. */
export const RAW: usize = 4096;
export const RAW_MAX: usize = 262144;
export const SLACK: usize = 64;
/** The text of the lines. It is not longer than they are. */
export const TEXT: usize = RAW + RAW_MAX + SLACK;

/** The place of each part of the text: f64 each, as `log-places.ts` has them. */
export const PARTS: usize = TEXT + RAW_MAX + SLACK;
export const PART_TEXT: usize = 0;
export const PART_RAW: usize = 8;
export const PART_LINE: usize = 16;
export const PART_COLUMN: usize = 24;
export const PART_SECONDS: usize = 32;
export const PART_MICROS: usize = 40;
export const PART_SECTION: usize = 48;
export const PART_GUESS: usize = 56;
export const PART_SIZE: usize = 64;
/** A line with more runs is the host's. */
export const RUNS_MAX: u32 = 2048;
export const PARTS_MAX: usize = 8192;

/** Lines that are joined: those that surely belong together, and those that may. Longer ones are the host's. */
export const CHAIN_MAX: usize = 4096;
export const CHAIN_PARTS_MAX: usize = 512;
export const SURE: usize = PARTS + PARTS_MAX * PART_SIZE;
export const SURE_PARTS: usize = SURE + CHAIN_MAX + SLACK;
export const GUESSED: usize = SURE_PARTS + CHAIN_PARTS_MAX * PART_SIZE;
export const GUESSED_PARTS: usize = GUESSED + CHAIN_MAX + SLACK;

/** Joined lines as they are given: each between two line feeds. The places of their parts count from here. */
export const JOINED: usize = GUESSED_PARTS + CHAIN_PARTS_MAX * PART_SIZE;
export const JOINED_MAX: usize = 131072;
export const JOINED_PARTS: usize = JOINED + JOINED_MAX + SLACK;
export const JOINED_PARTS_MAX: usize = 4096;
/** What joined lines cost besides their text. */
export const JOINED_COST_EACH: u32 = 256;

/** Streams have numbers below. */
export const STREAMS_MAX: usize = 514;
/** u32 each: the streams that another one has followed. */
export const LEFT: usize = JOINED_PARTS + JOINED_PARTS_MAX * PART_SIZE;
/** For each stream its last line before another one. u32: beginning and end of its text, those of its parts, its returns. */
export const LAST_LINES: usize = LEFT + STREAMS_MAX * 4;
export const LAST_TEXT: usize = 0;
export const LAST_TEXT_END: usize = 4;
export const LAST_PARTS: usize = 8;
export const LAST_PARTS_END: usize = 12;
export const LAST_RETURNS: usize = 16;
/** In which walk that was. */
export const LAST_WALK: usize = 20;
export const LAST_SIZE: usize = 24;
export const END: usize = LAST_LINES + STREAMS_MAX * LAST_SIZE;
