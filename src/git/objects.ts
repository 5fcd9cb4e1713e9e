/**
 * Objects by their ids, streamed by one `git cat-file --batch` for any number of them. Only the current piece of an object is
 * in memory, whatever its size.
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
  /** Reads its bytes. The receiver must close it, read or not, because the next object follows only then. @throws GitError */
  readonly reader: ByteReader;
}

export interface ObjectReader {
  /**
   * Returns the object, or undefined if the repository does not have it. Requests may be made ahead; replies come in
   * order, each when the reader of the one before is closed.
   *
   * @param id an object id or any revision that git accepts on one line; one with a line feed has no object
   * @throws GitError
   */
  read(id: string): Promise<GitObject | undefined>;
  close(): void;
}

interface ReaderOptions {
  readonly followsLinks?: true;
}

/** The reply for a link without a target in the commit. The text of the link follows. */
const BROKEN_LINK = /^(?:symlink|dangling|loop|notdir) (\d+)$/;

/** How long git may be silent in the middle of an object. */
const SILENCE_MS = 1000;
/** No reply line is longer. */
const HEADER_MAX = 4096;

/**
 * Creates a reader. The first request starts git. If git fails on an object, it is started again for the next one, but never
 * once the signal of the options has fired.
 *
 * @param how.followsLinks whether `COMMIT:PATH` names the target of a symbolic link; one that leads out of the commit has no object
 */
export function createObjectReader(options: GitOptions, how: ReaderOptions = {}): ObjectReader {
  let pipe: Pipe | undefined;
  /** Requests without a reply yet. */
  const asked: string[] = [];
  /** The last object returned; it must be finished before the next reply can be read. */
  let current: BatchReader | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const reply = async (): Promise<GitObject | undefined> => {
    await current?.closed;
    await current?.finish().catch(() => {}); // its reader has received the error
    current = undefined;
    const id = asked[0]!; // there is one for each reply
    try {
      if (pipe === undefined || pipe.isDead) {
        pipe?.close();
        pipe = undefined;
        pipe = new Pipe(options, how);
        for (const each of asked) pipe.write(`${each}\n`);
      }
      const header = await pipe.line();
      const [, found, type, size] = /^([0-9a-f]{40,64}) (blob|commit|tag|tree) (\d+)$/.exec(header) ?? [];
      // A wrong size for one object would shift the replies for the next ones.
      if (found !== undefined && /^[0-9a-f]{40,64}$/.test(id) && found !== id)
        throw pipe.dead('git returned a different object than requested');
      if (found !== undefined) {
        current = new BatchReader(pipe, Number(size));
        return { id: found, type: type as ObjectType, size: Number(size), reader: current };
      }
      if (/ (?:missing|ambiguous)$/.test(header)) return undefined;
      const [, length] = how.followsLinks === true ? (BROKEN_LINK.exec(header) ?? []) : [];
      if (length !== undefined) {
        current = new BatchReader(pipe, Number(length));
        current.close();
        return undefined;
      }
      throw pipe.dead('git gave an unknown reply');
    } finally {
      asked.shift();
    }
  };

  return {
    read(id) {
      if (id.includes('\n') || id === '') return Promise.resolve(undefined);
      asked.push(id);
      if (pipe?.isDead === false) pipe.write(`${id}\n`);
      const replied = turn.then(reply);
      turn = replied.catch(() => {});
      return replied;
    },
    close() {
      pipe?.close();
    },
  };
}

/** The bytes of one object, between git's reply line and the line feed after the object. */
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
    const piece = await this.#pipe.some(Math.min(this.#left, target.length), this.#left);
    target.set(piece);
    this.#left -= piece.length;
    return piece.length;
  }

  /** Skips the bytes that were not read. */
  async finish(): Promise<void> {
    while (this.#left > 0) this.#left -= (await this.#pipe.some(this.#left)).length;
    const [end] = await this.#pipe.some(1);
    if (end !== LF) throw this.#pipe.dead('git returned more bytes of an object than its size');
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
  #stderr = '';
  /** Whether nothing more will come. */
  isDead = false;
  /** A name that no object has, and no content can contain by design. */
  readonly #probe = `glaive-${randomUUID()}`;
  #isProbed = false;

  constructor(options: GitOptions, { followsLinks }: ReaderOptions) {
    const { signal } = options;
    const flags = followsLinks === true ? ['--follow-symlinks'] : [];
    this.#child = gitProcess(['cat-file', '--batch', ...flags], options);
    this.#signal = signal;
    this.#stop = () => this.close();
    signal?.addEventListener('abort', this.#stop);
    this.#child.on('error', (error: NodeJS.ErrnoException) => (this.#failure = startError(error)));
    this.#child.stderr.on('data', (piece: Buffer) => {
      if (this.#stderr.length < HEADER_MAX) this.#stderr += piece.toString('utf8');
    });
    // Git does not reply to a request that it did not read.
    this.#child.stdin.on('error', () => {});
    this.#pieces = this.#child.stdout.iterator() as AsyncIterator<Buffer>;
  }

  /** Sends requests of the same turn together: a system call for each takes longer than git needs to reply. */
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
      if (from > HEADER_MAX) throw this.dead('git gave an unknown reply');
      const piece = await this.#next();
      this.#rest = from === 0 ? piece : Buffer.concat([this.#rest, piece]);
    }
  }

  /** Returns at least one byte and at most `most`; valid until the next call. @param left how many bytes the object has still */
  async some(most: number, left = most): Promise<Buffer> {
    if (this.#rest.length === 0) {
      this.#rest = await this.#next();
      const reply = Buffer.from(`${this.#probe} missing\n`);
      // If git was only slow, for example to start, the reply is behind the object.
      const isEarly = this.#rest.length - reply.length < left;
      if (this.#isProbed && isEarly && this.#rest.subarray(-reply.length).equals(reply))
        throw this.dead('git returned fewer bytes of an object than its size');
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
      // The stream was destroyed because git could not be started, or was ended.
      this.#failure ??= error as Error;
    }
    this.isDead = true;
    // Its last words on standard error may arrive after its last piece.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfStopped(this.#signal);
    if (this.#failure instanceof GitError) throw this.#failure;
    if (this.#stderr.trim() === '') throw new GitError('ended', 'git ended before its reply did');
    throw endError(1, Buffer.from(this.#stderr));
  }

  /**
   * For some damaged objects git sends fewer bytes than announced, and then waits for the next request, while we wait for the
   * rest. So after a long silence a missing object is requested: a reply to that in the middle of an object means that
   * nothing more will come.
   */
  async #patiently<T>(next: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#isProbed = true;
      this.#child.stdin.write(`${this.#probe}\n`);
    }, SILENCE_MS);
    try {
      return await next;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Marks everything after this as unreliable. */
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

/** Reads the whole object, up to `most` bytes, and closes it; undefined if it is larger. @throws GitError */
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
