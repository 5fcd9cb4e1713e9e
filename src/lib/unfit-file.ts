/** An existing file that must not be read or written. The message says why, and contains no path. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile';
}
