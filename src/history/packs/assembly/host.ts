/** What the assembly asks of its host, `unpacker.ts`. */

/** Reads the compressed bytes of an object to `INPUT`; false: they cannot be read. */
// @ts-ignore: decorator
@external("host", "read")
export declare function readEntry(number: u32): bool;

/** Moves the window of records so that it begins with an object. Returns how many records there are, at least one. */
// @ts-ignore: decorator
@external("host", "load")
export declare function loadRecords(number: u32): u32;

/**
 * Whether a text may have a candidate, or is an archive. For hits that lead to none, the host stores how far the verdict reaches.
 *
 * @param type of the object; of a commit, the text is its header or its message
 * @param doubts MAY_HAVE_SIGNATURE, MAY_BE_ARCHIVE
 */
// @ts-ignore: decorator
@external("host", "check")
export declare function isUnclean(number: u32, type: u32, text: usize, size: u32, hits: usize, count: u32, doubts: u32): bool;

/** Follows so many links that were collected at `LINKS`; REFUSED: an object has links that cannot be collected. */
// @ts-ignore: decorator
@external("host", "follow")
export declare function followLinks(count: u32): void;
