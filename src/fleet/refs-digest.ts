/**
 * Whether a repository on a disk has changed since it was swept, found out without git: by its refs and git's other files, by
 * their content; and by the names of its packs and loose objects, since a name is the digest of what is in it.
 *
 * Two equal digests mean: a sweep would find the same. The opposite is not true, a repack changes the digest too.
 */

import { createHash, type Hash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { encodePath } from '../lib/path-bytes.ts';
import { eachPiece } from '../lib/plain-file.ts';

export interface RepositoryDigest {
  /** 64 hex digits. */
  readonly refs: string;
  /** Bytes of its own packs, and an estimate for loose objects. */
  readonly size: number;
}

/** Bytes that a file may have to be compared by its content. */
const CONTENT_MAX = 64 * 1024;
/** Bytes of an average loose object. */
const LOOSE_SIZE = 500;
/** Folders in folders. */
const DEPTH_MAX = 64;

/**
 * Returns a function that takes the git directory of a repository, absolute, as made by `decodePath`. It throws the file system's
 * error if something cannot be read.
 */
export function createRepositoryDigest(): (directory: string) => RepositoryDigest {
  const buffer = Buffer.allocUnsafe(CONTENT_MAX);
  return (directory) => {
    return new GitDirectory(Buffer.from(encodePath(directory)).toString('latin1'), buffer).digest();
  };
}

/** Names are bytes, kept as latin1. */
class GitDirectory {
  readonly #root: string;
  readonly #buffer: Buffer;
  readonly #hash: Hash = createHash('sha256');
  #size = 0;
  /** What is hashed next. */
  #text = '';

  constructor(root: string, buffer: Buffer) {
    this.#root = root;
    this.#buffer = buffer;
  }

  digest(): RepositoryDigest {
    this.#folder('', 0);
    this.#flush();
    return { refs: this.#hash.digest('hex'), size: this.#size };
  }

  #folder(folder: string, depth: number): void {
    const names = this.#namesIn(folder);
    const isRepository = names.includes('HEAD') && names.includes('objects');
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`;
      // A lock is there for a moment.
      if (name.endsWith('.lock')) continue;
      if (isRepository && name === 'objects') {
        // The objects of a submodule are another repository's.
        if (folder === '') this.#objects();
      } else if (isRepository && name === 'packed-refs') this.#content(path);
      else if (!(isRepository && folder !== '' && name === 'refs')) this.#entry(path, depth);
    }
  }

  #entry(path: string, depth: number): void {
    const stats = lstatSync(this.#full(path));
    if (stats.isDirectory()) {
      this.#add('folder', path);
      if (depth < DEPTH_MAX) this.#folder(path, depth + 1);
    } else if (stats.isSymbolicLink()) this.#add('link', path, readlinkSync(this.#full(path), 'latin1'));
    else if (!stats.isFile()) this.#add('special', path);
    else if (stats.size <= CONTENT_MAX) this.#content(path);
    else this.#add('large', path, versionOf(stats));
  }

  #objects(): void {
    for (const name of this.#namesIn('objects')) {
      const path = `objects/${name}`;
      if (name === 'pack') this.#packs(path);
      else if (/^[0-9a-f]{2}$/.test(name)) {
        const loose = this.#namesIn(path).filter((each) => /^[0-9a-f]+$/.test(each));
        this.#size += loose.length * LOOSE_SIZE;
        if (loose.length > 0) this.#add('loose', name, ...loose);
      }
    }
    this.#content('objects/info/alternates');
  }

  #packs(folder: string): void {
    for (const name of this.#namesIn(folder)) {
      if (!/^pack-.*\.(?:pack|idx)$/.test(name)) continue;
      this.#add('pack', name);
      if (name.endsWith('.pack')) this.#size += lstatSync(this.#full(`${folder}/${name}`)).size;
    }
  }

  /** The content of a file; nothing if it does not exist. */
  #content(path: string): void {
    this.#add('file', path);
    this.#flush();
    let length = 0;
    const isThere = eachPiece(this.#full(path), this.#buffer, (piece) => {
      length += piece.length;
      this.#hash.update(piece);
    });
    // What follows cannot be taken for content: its length is known.
    this.#add(isThere ? String(length) : 'none');
  }

  /** No part can be taken for two: names have no NUL. */
  #add(...parts: readonly string[]): void {
    this.#text += `${parts.join('\0')}\0\n`;
  }

  #flush(): void {
    this.#hash.update(this.#text, 'latin1');
    this.#text = '';
  }

  /** Sorted. */
  #namesIn(folder: string): string[] {
    return readdirSync(this.#full(folder), 'latin1').toSorted();
  }

  #full(path: string): Buffer {
    return Buffer.from(path === '' ? this.#root : `${this.#root}/${path}`, 'latin1');
  }
}

function versionOf({ size, mtimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ino}`;
}
