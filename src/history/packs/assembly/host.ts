/** What the assembly asks of its host, `unpacker.ts`. */

/** Reads bytes of the pack to a place in memory; false: they cannot be read. */
// @ts-ignore: decorator
@external("host", "read")
export declare function readPack(offset: f64, length: u32, target: usize): bool;

/** Moves the window of records so that it begins with an object. */
// @ts-ignore: decorator
@external("host", "load")
export declare function loadRecords(number: u32): void;

/**
 * Whether a text may have a candidate, or is an archive. For hits that lead to none, the host stores how far the verdict reaches.
 *
 * @param doubts MAY_HAVE_SIGNATURE, MAY_BE_ARCHIVE, MAY_HAVE_CANDIDATE
 */
// @ts-ignore: decorator
@external("host", "check")
export declare function isUnclean(number: u32, type: u32, text: usize, size: u32, hits: usize, count: u32, doubts: u32): bool;

/** Follows so many links that were collected at `LINKS`; REFUSED: an object has links that cannot be collected. */
// @ts-ignore: decorator
@external("host", "follow")
export declare function followLinks(count: u32): void;
