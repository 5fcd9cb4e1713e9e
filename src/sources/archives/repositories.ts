/** Repositories in an archive, recognised by the names of its entries, in whatever order these come. */

import { isObjectFile } from '../../git/git-directory.ts';
import { Skipped, ReadError } from '../../model/gap.ts';

/** How many folders are remembered; with more, a work tree may be taken for a bare repository. */
const FOLDERS_MAX = 100_000;

export class PackedRepositories {
  /** Folders with a HEAD, and folders with objects; each ends with a slash, except the top, which is empty. */
  readonly #heads = new Set<string>();
  readonly #objects = new Set<string>();
  /** Folders with files outside of any git directory. */
  readonly #folders = new Set<string>();

  /** @param entry a name as the archive has it */
  add(entry: string): void {
    const name = entry.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
    if (name === 'HEAD' || name.endsWith('/HEAD')) this.#heads.add(name.slice(0, -'HEAD'.length));
    const [objects] = /(?:^|(?<=\/))objects\/[^/]+\/[^/]+$/.exec(name) ?? [];
    if (objects !== undefined && isObjectFile(objects)) this.#objects.add(name.slice(0, -objects.length));
    if (/(?:^|\/)\.git\//.test(name)) return;
    for (let end = name.lastIndexOf('/'); this.#folders.size < FOLDERS_MAX; end = name.lastIndexOf('/', end - 1)) {
      const above = name.slice(0, end + 1);
      if (this.#folders.has(above)) return;
      this.#folders.add(above);
      if (end <= 0) return;
    }
  }

  /**
   * Reports the repositories. The `.git` of a work tree is skipped, as on a disk.
   *
   * @throws ReadError or Skipped
   */
  report(uri: string): void {
    const all = [...this.#heads].filter((folder) => this.#objects.has(folder));
    const alone = all.filter((folder) => !/(?:^|\/)\.git\/$/.test(folder) || !this.#folders.has(folder.slice(0, -5)));
    if (alone.length > 0) {
      const what = alone.length === 1 ? 'a git repository' : `${alone.length} git repositories`;
      throw new ReadError({
        kind: 'git',
        uri,
        message: `it holds ${what}, which only glaive history scans as a whole`,
        hint: 'Unpack it, then run for each repository in it: glaive history PATH',
      });
    }
    if (all.length > 0) throw new Skipped('git-directory');
  }
}
