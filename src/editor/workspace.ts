/** The folders that an editor has open, and the folder whose policy counts for a document. */

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findWorkTree } from '../git/find-work-tree.ts';
import { isInside } from '../lib/inside.ts';
import type { InitializeParams, WorkspaceFolder } from './protocol.ts';

export class Workspace {
  #folders: readonly string[];
  readonly #cwd: string;

  /** @param cwd where the editor has started the server */
  constructor({ workspaceFolders, rootUri, rootPath }: InitializeParams, cwd: string) {
    const root = (rootUri == null ? undefined : pathOf(rootUri)) ?? rootPath ?? undefined;
    const folders = pathsOf(workspaceFolders ?? []);
    this.#folders = folders.length > 0 || root === undefined ? folders : [root];
    this.#cwd = cwd;
  }

  change(removed: readonly WorkspaceFolder[], added: readonly WorkspaceFolder[]): void {
    const gone = new Set(pathsOf(removed));
    this.#folders = [...this.#folders.filter((folder) => !gone.has(folder)), ...pathsOf(added)];
  }

  /**
   * The policy of a document is that of `glaive scan` in this folder: the open folder around it or the work tree around it,
   * whichever is nearer, else its own folder. A document without a file gets the first open folder, where it will probably be saved.
   */
  policyFolder(path: string | undefined): string {
    if (path === undefined) return this.#folders[0] ?? this.#cwd;
    const folder = dirname(path);
    const around = [...this.#folders.filter((each) => isInside(path, each)), findWorkTree(folder) ?? ''];
    const [nearest] = around.toSorted((a, b) => b.length - a.length);
    return nearest || folder;
  }
}

function pathsOf(folders: readonly WorkspaceFolder[]): string[] {
  return folders.flatMap(({ uri }) => pathOf(uri) ?? []);
}

/** The path of a document; undefined if it is in no file of this machine. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    const path = fileURLToPath(uri);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined; // on another machine, or a name that is not UTF-8
  }
}

/** Of documents that their user cannot change: old versions in a comparison, and output, which may hold what the server sends. */
const READ_ONLY = /^(?:git|gitlens|gitlens-git|output|review):/;

/** Whether nothing can be done about a finding in the document. */
export function isReadOnly(uri: string): boolean {
  return READ_ONLY.test(uri);
}
