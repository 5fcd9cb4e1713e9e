/** Trees of files in memory, read from tar archives and written to them: the same tree is the same bytes, on every machine and for every user. */

import { buffer } from 'node:stream/consumers';
import { extract, type Header, pack } from 'tar-stream';

/** A file, folder or link. Its path has no slash at its ends. */
export interface Entry {
  readonly type: 'file' | 'directory' | 'symlink' | 'link';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a symbolic link: its text. Of a hard link: the path of the file. */
  readonly target?: string;
  readonly data?: Buffer;
}

export type Tree = Map<string, Entry>;

const TYPES = ['file', 'directory', 'symlink', 'link'] as const;

/** Adds the entries of an archive that `wanted` lets through. */
export async function readTar(tar: Buffer, tree: Tree, wanted: (path: string) => boolean): Promise<void> {
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const { name, mode, uid, gid, linkname } = entry.header;
    const data = await buffer(entry);
    const path = plain(name);
    if (path === '' || !wanted(path)) continue;
    const type = TYPES.find((one) => one === entry.header.type);
    if (type === undefined) throw new Error(`${path}: ${entry.header.type} is not expected in a package`);
    const target = linkname ? { target: type === 'link' ? plain(linkname) : linkname } : {};
    tree.set(path, { type, mode, uid, gid, ...target, ...(type === 'file' ? { data } : {}) });
  }
}

/** @param mtime seconds since 1970, of every entry */
export async function writeTar(tree: Tree, mtime: number): Promise<Buffer> {
  const writer = pack();
  const bytes = buffer(writer);
  const time = new Date(mtime * 1000);
  for (const [path, { type, mode, uid, gid, target, data }] of [...tree].sort(inOrder)) {
    const name = type === 'directory' ? `${path}/` : path;
    const header: Partial<Header> & { readonly name: string } = {
      name,
      type,
      mode,
      uid,
      gid,
      mtime: time,
      ...(target === undefined ? {} : { linkname: target }),
    };
    if (type === 'file') writer.entry(header, data ?? Buffer.alloc(0));
    else writer.entry(header);
  }
  writer.finalize();
  return await bytes;
}

/** Adds the folders above each entry that are missing. */
export function addFolders(tree: Tree): void {
  for (const path of tree.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (!tree.has(folder)) tree.set(folder, { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
    }
  }
}

/** By path, compared as bytes, and hard links at the end: the file must be there before a link to it. */
function inOrder([a, { type: typeOfA }]: [string, Entry], [b, { type: typeOfB }]: [string, Entry]): number {
  const late = Number(typeOfA === 'link') - Number(typeOfB === 'link');
  return late === 0 ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : late;
}

const plain = (path: string): string => path.replace(/^\.?\//, '').replace(/\/$/, '');
