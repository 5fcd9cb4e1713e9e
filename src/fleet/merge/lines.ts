/** Files of JSON lines that are read and written piece by piece, so that they need not fit in memory. */

import { randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

const AT_ONCE = 256 * 1024;

/** The lines of a file without their ends; none if it does not exist. @throws the file system's error */
export function* linesOf(path: string): Generator<string> {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const piece = Buffer.allocUnsafe(AT_ONCE);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const count = readSync(file, piece, 0, piece.length, null);
      if (count === 0) break;
      const text = decoder.write(piece.subarray(0, count));
      const lines = text.split('\n');
      if (lines.length === 1) {
        rest += text;
        continue;
      }
      yield rest + lines[0]!;
      for (let at = 1; at < lines.length - 1; at++) yield lines[at]!;
      rest = lines.at(-1)!;
    }
    rest += decoder.end();
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}

/** The first line of a file; empty if it does not exist. @throws the file system's error */
export function firstLineOf(path: string): string {
  for (const line of linesOf(path)) return line;
  return '';
}

/** Writes a file under another name, which it loses when it is whole. */
export class LineWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: number;
  #pending = '';

  /** @throws the file system's error */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#path = path;
    this.#temporary = join(dirname(path), `.glaive-${randomBytes(8).toString('hex')}.tmp`);
    this.#file = openSync(this.#temporary, 'wx', 0o600);
  }

  /** @param line without its end */
  write(line: string): void {
    this.#pending += `${line}\n`;
    if (this.#pending.length >= AT_ONCE) this.#flush();
  }

  /** Everything is on the disk; the file does not have its name yet. */
  finish(): void {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  /** Gives a finished file its name. */
  publish(): void {
    renameSync(this.#temporary, this.#path);
  }

  /** Leaves the old file as it is. */
  discard(): void {
    try {
      closeSync(this.#file);
    } catch {
      // It is closed already.
    }
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    this.#pending = '';
  }
}
