/**
 * The kernel answers one question: where in these bytes might a token begin? It knows literals and nothing else, so
 * a fast kernel and a slow one cannot disagree about what a token is (`confirm.ts` decides that).
 * `test/contract/kernel.ts` is the one suite that every kernel passes.
 */

export interface Kernel {
  readonly name: string;
  /** The bytes that are searched. The kernel owns the memory, callers read straight into it. */
  readonly bytes: Uint8Array;
  /**
   * Calls `visit` for every occurrence of every literal that lies whole in `bytes[from, to)`, in ascending order of
   * position, and at one position in ascending order of literal id.
   */
  find(from: number, to: number, visit: (position: number, literal: number) => void): void;
  /**
   * Calls `visit` for every LF in `bytes[from, to)` that may stand in the middle of encoded text, in ascending order:
   * before it stand 32 bytes of base64 (either alphabet) or an equals sign; a CR may stand between. What stands before
   * `bytes[0]` is neither.
   */
  breaks(from: number, to: number, visit: (position: number) => void): void;
  /** The number of LF bytes in `bytes[from, to)`. */
  countLines(from: number, to: number): number;
  /** The UTF-16 units of `bytes[from, to)`, taken for valid UTF-8. */
  utf16Units(from: number, to: number): number;
  /** The number of bytes below 128 with which `bytes[from, to)` begins. */
  asciiLength(from: number, to: number): number;
}

/** Makes a kernel for literals (latin1, their index is their id) with room for `capacity` bytes. */
export type KernelFactory = (literals: readonly string[], capacity: number) => Kernel;
