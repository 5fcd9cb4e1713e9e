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
 * UNCLEAN: a text may have a candidate. ARCHIVE: it has none, and is an archive. Otherwise 0. For hits that lead to no candidate, the host
 * stores how far the verdict reaches.
 *
 * @param type of the object; of a commit, the text is its header or its message
 * @param doubts MAY_HAVE_SIGNATURE, MAY_BE_ARCHIVE
 */
// @ts-ignore: decorator
@external("host", "check")
export declare function checkHits(number: u32, type: u32, text: usize, size: u32, hits: usize, count: u32, doubts: u32): u32;

/** Follows so many links that were collected at `LINKS`; REFUSED: an object has links that cannot be collected. */
// @ts-ignore: decorator
@external("host", "follow")
export declare function followLinks(count: u32): void;
