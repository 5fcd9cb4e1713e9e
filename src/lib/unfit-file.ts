/** A file that is there, and is not one that may be read or written. The message says why, in words, and names no path. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile';
}
