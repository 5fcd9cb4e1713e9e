/**
 * Reserves a file with disk space in advance, for content that cannot be obtained twice: writing it must not fail because of a full
 * disk, a missing folder or a link. The file is new, and only its owner can read it.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that are written in advance, so that the disk has allocated them. */
const ROOM = 4096;

export class ReservedFile {
  #path: string;
  readonly #file: number;
  #isFilled = false;
  #isMoved = false;

  /** @param name the beginning of its name @throws the file system's error */
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

  /** Whether its content is written. */
  get isFilled(): boolean {
    return this.#isFilled;
  }

  /** Writes the content synchronously, to the disk. @throws the file system's error */
  fill(text: string): void {
    this.#write(text);
    this.#isFilled = true;
    ftruncateSync(this.#file, Buffer.byteLength(text));
    fsyncSync(this.#file);
  }

  /** Renames it to its final name. @throws the file system's error; it then keeps its old name */
  moveTo(path: string): void {
    renameSync(this.#path, path);
    this.#path = path;
    this.#isMoved = true;
    closeSync(this.#file);
  }

  /** Deletes it, unless it has its final name. */
  drop(): void {
    if (this.#isMoved) return;
    try {
      if (this.#isFilled) this.#write('\n'.repeat(ROOM));
    } catch {
      // The file is deleted anyway.
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
