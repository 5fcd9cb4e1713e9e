/**
 * libarchive in WebAssembly. It reads from memory and calls nothing outside of it: no files, no clock, no network. Its own
 * memory is bounded here, because the header of an archive may request any amount.
 */

import { gunzipSync } from 'node:zlib';
import { Skipped } from '../../model/gap.ts';
import type { Budget } from './budget.ts';
import { WHOLE_MAX } from './bytes-of.ts';
import { CALLED, libarchive, NAMES } from '../../generated/libarchive.ts';

/** Archives that are not larger are copied once more, and take no more memory than they need. */
const SMALL = 1024 * 1024;
const WASM_PAGE = 64 * 1024;
const PIECE = 64 * 1024;
/** What a C library returns for a system call that does not exist. */
const ENOSYS = -52;
const REGULAR_FILE = 0x8000;
const NAME_PROBLEM = /name (?:cannot|can't) be converted/i;

type Call = (...values: number[]) => number;
/** The types of Node lack it. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** One instance of the WebAssembly. */
class Instance {
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly memory: Memory;

  readonly #budget: Budget;
  #reserved = 0;
  /** Whether it has requested more memory than there is for it: what it complains about then is no damage. */
  isShort = false;

  constructor(module: WebAssembly.Module, budget: Budget) {
    this.#budget = budget;
    const called = Object.entries(CALLED).map(([short, name]) => [short, this.#imported(name)] as const);
    this.#exports = new WebAssembly.Instance(module, { a: Object.fromEntries(called) }).exports;
    this.memory = this.#exports[NAMES['memory']!] as Memory;
    this.call('__wasm_call_ctors');
  }

  call(name: string, ...values: number[]): number {
    return (this.#exports[NAMES[name]!] as Call)(...values);
  }

  /** A copy of the text at an address; undefined for none. */
  text(address: number): string | undefined {
    if (address === 0) return undefined;
    const bytes = new Uint8Array(this.memory.buffer);
    return Buffer.from(bytes.subarray(address, bytes.indexOf(0, address))).toString('utf8');
  }

  close(): void {
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
  }

  #imported(name: string): Call {
    if (name === 'emscripten_resize_heap') return (size = 0) => this.#grow(size >>> 0);
    if (name === 'abort_js' || name === 'exit')
      return () => {
        throw new Error('libarchive ended');
      };
    // There are no variables: their number and size are zero.
    if (name === 'environ_sizes_get')
      return (...places) => {
        for (const place of places) new DataView(this.memory.buffer).setUint32(place, 0, true);
        return 0;
      };
    if (name === 'environ_get') return () => 0;
    // Times of entries are not used, but where one is zero, the reader of rar expects another.
    if (/time_js$|^tzset|^timegm/.test(name)) return () => 1;
    return () => ENOSYS;
  }

  #grow(size: number): number {
    const more = size - this.memory.buffer.byteLength;
    if (this.#budget.reserve(more)) {
      this.#reserved += more;
      try {
        this.memory.grow(Math.ceil(more / WASM_PAGE));
        return 1;
      } catch {} // as if it were refused
    }
    this.isShort = true;
    return 0;
  }
}

/** Compiled once: this file is loaded with the first archive that needs it. */
const COMPILED = new WebAssembly.Module(gunzipSync(Buffer.from(libarchive, 'base64')));

export interface PackedEntry {
  /** Undefined if it has none, or none that is text. */
  readonly name: string | undefined;
  readonly isFile: boolean;
  readonly isEncrypted: boolean;
}

/** The entries of one archive, in order. Each has an instance of its own, which goes with it. To be closed. */
export class LibarchiveReader {
  readonly #library: Instance;
  readonly #kind: string;
  readonly #piece: number;
  #bytes = 0;
  #length = 0;
  #archive = 0;

  private constructor(kind: string, budget: Budget) {
    this.#kind = kind;
    this.#library = new Instance(COMPILED, budget);
    this.#piece = this.#allocate(PIECE);
  }

  /**
   * @param pieces the archive, which may have {@link WHOLE_MAX} bytes; one is dropped before the next is requested
   * @param kind of the archive, for people
   * @throws Skipped if it is larger
   * @throws Error if libarchive does not know it
   */
  static async open(
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    kind: string,
    budget: Budget,
  ): Promise<LibarchiveReader> {
    const reader = new LibarchiveReader(kind, budget);
    try {
      await reader.#fill(pieces);
      reader.#archive = reader.#call('archive_read_new_memory', reader.#bytes, reader.#length, 0);
      if (reader.#archive === 0) throw reader.#failure('no archive is recognised in it');
      return reader;
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  /** The archive, until the next call. */
  get bytes(): Buffer {
    return Buffer.from(this.#library.memory.buffer, this.#bytes, this.#length);
  }

  /** Its memory may be used by others. */
  close(): void {
    this.#library.close();
  }

  async #fill(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    let small: Uint8Array[] = [];
    const put = (piece: Uint8Array): void => {
      new Uint8Array(this.#library.memory.buffer).set(piece, this.#bytes + this.#length);
      this.#length += piece.length;
    };
    let length = 0;
    for await (const piece of pieces) {
      length += piece.length;
      if (length > WHOLE_MAX) throw new Skipped('archive-limit');
      if (length <= SMALL) small.push(piece);
      else {
        // The system provides memory that is used, not memory that is allocated.
        if (this.#bytes === 0) this.#bytes = this.#allocate(WHOLE_MAX);
        for (const one of [...small, piece]) put(one);
        small = [];
      }
    }
    if (this.#bytes === 0) this.#bytes = this.#allocate(length);
    for (const one of small) put(one);
  }

  #allocate(size: number): number {
    const address = this.#call('malloc', Math.max(1, size));
    if (address === 0) throw this.#failure('');
    return address;
  }

  /** @throws Error for damage, in libarchive's words */
  next(): PackedEntry | undefined {
    const entry = this.#call('archive_read_next_entry', this.#archive);
    const problem = this.problem();
    // Of the names of its locale, libarchive knows ASCII only. The entry can be read nevertheless.
    if (entry === 0 && NAME_PROBLEM.test(problem)) return { name: undefined, isFile: true, isEncrypted: false };
    if (entry === 0 && problem !== '') throw this.#failure(problem);
    if (entry === 0) return undefined;
    const kind = this.#call('archive_entry_filetype', entry);
    return {
      name: this.#library.text(this.#call('archive_entry_pathname_utf8', entry)),
      isFile: kind === REGULAR_FILE || kind === 0,
      isEncrypted: this.#call('archive_entry_is_encrypted', entry) !== 0,
    };
  }

  /** The next piece of the entry; undefined at its end. @throws Error for damage */
  read(): Uint8Array | undefined {
    const count = this.#call('archive_read_data', this.#archive, this.#piece, PIECE);
    if (count < 0) throw this.#failure(this.problem());
    return count === 0
      ? undefined
      : new Uint8Array(this.#library.memory.buffer).slice(this.#piece, this.#piece + count);
  }

  /**
   * The beginning of a piece that could not be filled, because the archive ended. Only libarchive's next complaint says how
   * long it is.
   *
   * @param left how much of the entry was not read before
   */
  tail(left: number): Uint8Array {
    this.#call('archive_read_next_entry', this.#archive);
    const [, needed] = /needed (\d+) bytes/.exec(this.problem()) ?? [];
    if (needed === undefined) throw this.#failure(this.problem());
    const end = this.#piece + left - Number(needed);
    return new Uint8Array(this.#library.memory.buffer).slice(this.#piece, end);
  }

  /** What libarchive says about the last call; empty if nothing. */
  problem(): string {
    return this.#library.text(this.#call('archive_error_string', this.#archive)) ?? '';
  }

  /** Neither a feature that this build of libarchive lacks is damage, nor memory that it may not have. */
  #failure(problem: string): Error {
    if (this.#library.isShort) return new Skipped('archive-limit');
    if (/crypt|passphrase/i.test(problem)) return new Skipped('archive-encrypted', this.#kind);
    if (/unsupported|not supported|no support|unavailable/i.test(problem))
      return new Skipped('archive-unsupported', this.#kind);
    return new Error(problem || 'it is damaged');
  }

  #call(name: string, ...values: number[]): number {
    try {
      return this.#library.call(name, ...values);
    } catch (error) {
      throw new Error(`libarchive failed: ${(error as Error).message}`, { cause: error });
    }
  }
}
