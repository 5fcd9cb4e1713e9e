/** A file that a listing has found, and the input made of it. */

import { relative, sep } from 'node:path';
import { isInside } from '../lib/inside.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Input } from '../model/artifact.ts';
import { Skipped } from '../model/gap.ts';
import { openFile, openLink } from './file-reader.ts';
import { memoryInput } from './memory.ts';

export interface FoundFile {
  /** Absolute, as made by `decodePath`. */
  readonly path: string;
  readonly explicit: boolean;
  /** Why only the name is scanned; `link`: and the target of the link; `empty`: a folder. */
  readonly as?: 'link' | 'empty' | 'special' | 'submodule';
}

export function toInput({ path, explicit, as }: FoundFile, base: string): Input {
  const relativePath = relativeTo(base, path);
  const uri = showPath(relativePath);
  const file = { path, uri, explicit };
  const artifact = { kind: 'file', uri, path: relativePath } as const;
  if (as === undefined) return { artifact, file, open: () => openFile(file) };
  if (as === 'link') return { artifact, open: () => openLink(file) };
  if (as === 'empty') return { ...memoryInput(Buffer.alloc(0), artifact), name: 'only' };
  return {
    artifact,
    open() {
      throw new Skipped(as);
    },
  };
}

/** `/`-separated and relative to `base`; absolute outside of it. */
export function relativeTo(base: string, path: string): string {
  const chosen = path !== base && isInside(path, base) ? relative(base, path) : path;
  return sep === '/' ? chosen : chosen.replaceAll(sep, '/');
}
