/**
 * Objects by their ids, streamed: one `git cat-file --batch` for any number of them. Nothing is kept in memory beyond the
 * piece that is being read, whatever the size of an object.
 */

import { randomUUID } from 'node:crypto';
import type { ByteReader } from '../model/artifact.ts';
import { endError, startError, throwIfStopped } from './git-error.ts';
import { GitError, type GitOptions, gitProcess } from './spawn.ts';
import { LF } from '../lib/bytes.ts';

export type ObjectType = 'blob' | 'commit' | 'tag' | 'tree';

export interface GitObject {
  readonly id: string;
  readonly type: ObjectType;
  readonly size: number;
  /** Reads its bytes. Whoever gets it closes it, read or not: the next object comes after that. @throws GitError */
  readonly reader: ByteReader;
}

export interface ObjectReader {
  /**
   * The object, or undefined where the repository does not have it. Requests may be made ahead, and are answered in their
   * order, each when the reader of the one before is closed.
   *
   * @param id an object id, or anything that git takes for one, on one line; of what has a line feed there is none
   * @throws GitError
   */
  read(id: string): Promise<GitObject | undefined>;
  close(): void;
}

/** Without a byte from git. */
const PATIENCE_MS = 1000;
/** More than any answer line. */
const HEADER_MAX = 4096;

/**
 * The first request starts git. Where git dies of an object, it is started again for the next one; never once the signal of
 * the options has fired.
 */
export function createObjectReader(options: GitOptions): ObjectReader {
  let pipe: Pipe | undefined;
  /** Asked for and not answered yet. */
  const asked: string[] = [];
  /** The last object that was given; it must be done with before the next answer can be read. */
  let current: BatchReader | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const answer = async (): Promise<GitObject | undefined> => {
    await current?.closed;
    await current?.finish().catch(() => {}); // whoever read it was told
    current = undefined;
    const id = asked[0]!; // there is one for each answer
    try {
      if (pipe === undefined || pipe.isDead) {
        pipe?.close();
        pipe = undefined;
        pipe = new Pipe(options);
        for (const each of asked) pipe.write(`${each}\n`);
      }
      const header = await pipe.line();
      const [, found, type, size] = /^([0-9a-f]{40,64}) (blob|commit|tag|tree) (\d+)$/.exec(header) ?? [];
      // Who lies about the size of one object shifts the answers for the next ones.
      if (found !== undefined && /^[0-9a-f]{40,64}$/.test(id) && found !== id)
        throw pipe.dead('git gave another object than it was asked for');
      if (found !== undefined) {
        current = new BatchReader(pipe, Number(size));
        return { id: found, type: type as ObjectType, size: Number(size), reader: current };
      }
      if (/ (?:missing|ambiguous)$/.test(header)) return undefined;
      throw pipe.dead('git gave an answer that is none');
    } finally {
      asked.shift();
    }
  };

  return {
    read(id) {
      if (id.includes('\n') || id === '') return Promise.resolve(undefined);
      asked.push(id);
      if (pipe?.isDead === false) pipe.write(`${id}\n`);
      const answered = turn.then(answer);
      turn = answered.catch(() => {});
      return answered;
    },
    close() {
      pipe?.close();
    },
  };
}

/** The bytes of one object between the answer line and the line feed that git puts after it. */
class BatchReader implements ByteReader {
  readonly #pipe: Pipe;
  #left: number;
  readonly closed: Promise<void>;
  close!: () => void;

  constructor(pipe: Pipe, size: number) {
    this.#pipe = pipe;
    this.#left = size;
    this.closed = new Promise((resolve) => (this.close = resolve));
  }

  async read(target: Uint8Array): Promise<number> {
    if (this.#left === 0 || target.length === 0) return 0;
    const piece = await this.#pipe.some(Math.min(this.#left, target.length));
    target.set(piece);
    this.#left -= piece.length;
    return piece.length;
  }

  /** Passes over what was not read. */
  async finish(): Promise<void> {
    while (this.#left > 0) this.#left -= (await this.#pipe.some(this.#left)).length;
    const [end] = await this.#pipe.some(1);
    if (end !== LF) throw this.#pipe.dead('git gave more of an object than its size');
  }
}

/** A running `cat-file`, read piece by piece. */
class Pipe {
  readonly #child: ReturnType<typeof gitProcess>;
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #stop: () => void;
  readonly #signal: AbortSignal | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;
  #said = '';
  /** Whether nothing more will come. */
  isDead = false;
  /** A name that nothing has, and that no content can foretell. */
  readonly #probe = `glaive-${randomUUID()}`;
  #isProbed = false;

  constructor(options: GitOptions) {
    const { signal } = options;
    this.#child = gitProcess(['cat-file', '--batch'], options);
    this.#signal = signal;
    this.#stop = () => this.close();
    signal?.addEventListener('abort', this.#stop);
    this.#child.on('error', (error: NodeJS.ErrnoException) => (this.#failure = startError(error)));
    this.#child.stderr.on('data', (piece: Buffer) => {
      if (this.#said.length < HEADER_MAX) this.#said += piece.toString('utf8');
    });
    // What git did not take, it does not answer.
    this.#child.stdin.on('error', () => {});
    this.#pieces = this.#child.stdout.iterator() as AsyncIterator<Buffer>;
  }

  /** What is written at once goes out at once: a system call for each id takes longer than git does. */
  write(text: string): void {
    const { stdin } = this.#child;
    if (stdin.writableCorked === 0) {
      stdin.cork();
      setImmediate(() => stdin.uncork());
    }
    stdin.write(text);
  }

  async line(): Promise<string> {
    for (let from = 0; ;) {
      const end = this.#rest.indexOf(LF, from);
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        from = 0;
        if (line === `${this.#probe} missing`) continue;
        return line;
      }
      from = this.#rest.length;
      if (from > HEADER_MAX) throw this.dead('git gave an answer that is none');
      const piece = await this.#next();
      this.#rest = from === 0 ? piece : Buffer.concat([this.#rest, piece]);
    }
  }

  /** At least one byte, at most so many; valid until the next call. */
  async some(most: number): Promise<Buffer> {
    if (this.#rest.length === 0) {
      this.#rest = await this.#next();
      const answer = Buffer.from(`${this.#probe} missing\n`);
      if (this.#isProbed && this.#rest.subarray(-answer.length).equals(answer))
        throw this.dead('git gave less of an object than its size');
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async #next(): Promise<Buffer> {
    try {
      const { value, done } = await this.#patiently(this.#pieces.next());
      if (done !== true) return value;
    } catch (error) {
      // The stream was destroyed: git could not be started, or was ended.
      this.#failure ??= error as Error;
    }
    this.isDead = true;
    // What it said last may come after its last piece.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfStopped(this.#signal);
    if (this.#failure instanceof GitError) throw this.#failure;
    if (this.#said.trim() === '') throw new GitError('failed', 'git ended before its answer did');
    throw endError(1, Buffer.from(this.#said));
  }

  /**
   * Git gives less than it has announced of some damaged objects, and then waits for the next request, as we wait for the
   * rest. So whoever waits long asks for what is not there: when the answer comes in the middle of an object, that was all.
   */
  async #patiently<T>(next: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#isProbed = true;
      this.#child.stdin.write(`${this.#probe}\n`);
    }, PATIENCE_MS);
    try {
      return await next;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Nothing that comes from here on can be trusted. */
  dead(message: string): GitError {
    this.isDead = true;
    return new GitError('failed', message);
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#stop);
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.kill();
  }
}

/** The whole object, closed, up to `most` bytes; undefined where there is none, or it is larger. @throws GitError */
export async function wholeObject(object: GitObject, most: number): Promise<Buffer | undefined> {
  try {
    if (object.size > most) return undefined;
    const bytes = Buffer.alloc(object.size);
    let filled = 0;
    while (filled < bytes.length) filled += await object.reader.read(bytes.subarray(filled));
    return bytes;
  } finally {
    object.reader.close();
  }
}
