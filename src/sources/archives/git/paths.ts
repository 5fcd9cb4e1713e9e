/** Where the blobs of a pack are in the work tree, as far as its trees show. */

import type { Hash } from './entries.ts';

/** More names than that are not remembered; the blobs beyond have ids only. */
const NAMES_MAX = 500_000;
const SLASH = 0x2f;

export class BlobPaths {
  /** For each object the first tree that has it, and its name there. */
  readonly #places = new Map<string, { readonly tree: string; readonly name: string }>();

  /** @returns the names of its entries, one a line */
  addTree(id: string, tree: Buffer, hash: Hash): string {
    const length = hash === 'sha1' ? 20 : 32;
    const names: string[] = [];
    for (let at = 0; at < tree.length;) {
      const blank = tree.indexOf(0x20, at);
      const end = tree.indexOf(0, at);
      if (blank < 0 || end < blank) break;
      const name = tree.toString('utf8', blank + 1, end);
      names.push(name);
      at = end + 1 + length;
      const object = tree.toString('hex', end + 1, at);
      if (!this.#places.has(object) && this.#places.size < NAMES_MAX) this.#places.set(object, { tree: id, name });
    }
    return names.join('\n');
  }

  /** Undefined if no tree has it. */
  pathOf(id: string): string | undefined {
    const parts: string[] = [];
    const seen = new Set<string>();
    for (let at = this.#places.get(id); at !== undefined; at = this.#places.get(at.tree)) {
      // Names of any text, but no loop.
      if (seen.has(at.tree)) break;
      seen.add(at.tree);
      parts.unshift(at.name);
    }
    return parts.length === 0 ? undefined : parts.join(String.fromCharCode(SLASH));
  }
}
