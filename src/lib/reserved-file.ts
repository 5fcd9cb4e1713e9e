/**
 * A file that is there, with room in it, before what it is for exists: what is to be kept and cannot be made twice must not
 * meet a full disk, a folder that is gone, or a link. It is the user's alone, and new: it is made where nothing has its name.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that are written beforehand, so that the disk has given them. */
const ROOM = 4096;

export class ReservedFile {
  #path: string;
  readonly #file: number;
  #isFilled = false;
  #isMoved = false;

  /** @param name what its name begins with @throws the file system's error */
  constructor(folder: string, name: string) {
    this.#path = join(folder, `${name}${randomBytes(8).toString('hex')}.token`);
    this.#file = openSync(this.#path, 'wx', 0o600);
    try {
      this.#write('\n'.repeat(ROOM));
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  get path(): string {
    return this.#path;
  }

  /** Whether it holds what it is for. */
  get isFilled(): boolean {
    return this.#isFilled;
  }

  /** At once: nothing else happens before it is on the disk. @throws the file system's error */
  fill(text: string): void {
    this.#write(text);
    this.#isFilled = true;
    ftruncateSync(this.#file, Buffer.byteLength(text));
    fsyncSync(this.#file);
  }

  /** Gives it the name that it was made for. @throws the file system's error; it is where it was then */
  moveTo(path: string): void {
    renameSync(this.#path, path);
    this.#path = path;
    this.#isMoved = true;
    closeSync(this.#file);
  }

  /** It is not needed, unless it has the name that it was made for. */
  drop(): void {
    if (this.#isMoved) return;
    try {
      if (this.#isFilled) this.#write('\n'.repeat(ROOM));
    } catch {
      // It is taken away all the same.
    }
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at, bytes.length - at, at);
    fsyncSync(this.#file);
  }
}
