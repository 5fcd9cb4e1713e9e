/** The options of the staged source, and what its parts share. */

import type { GitOptions } from '../git/spawn.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Artifact, ByteReader, Input } from '../model/artifact.ts';
import type { Gap } from '../model/gap.ts';
import type { ExcludedAt, PreviouslyExcluded } from '../model/source.ts';

export interface StagedOptions extends GitOptions {
  /** Whether a path, relative to the root of the work tree, is excluded. */
  readonly excludes: (path: string) => boolean;
  readonly previouslyExcluded: PreviouslyExcluded;
  /** The same with the exclusions of HEAD, which the commit may drop. Called only if a file was renamed or is compared as a whole. */
  readonly previouslyExcludedAtHead?: () => Promise<PreviouslyExcluded>;
  readonly excludedAt?: ExcludedAt;
  /** Whether the file at a path may change the exclusions. Absent: every file may. */
  readonly isPolicyFile?: (path: string) => boolean;
  /** The text of the difference, if it was read already. */
  readonly diff?: Buffer | undefined;
}

/** Versions of files, read by one git process that the first of them starts. */
export interface Blobs {
  input(version: { readonly path: string; readonly blob: string }): Input;
  close(): void;
}

export function openBlobs(options: GitOptions): Blobs {
  // A clean commit reads no blob; loading the reader only for others saves its hook 1.2 ms of CPU time.
  const load = async (): Promise<{ open(id: string, artifact: Artifact): ByteReader; close(): void }> => {
    const { createObjectReader } = await import('../git/objects.ts');
    const { askedInput } = await import('../sources/git-object.ts');
    const objects = createObjectReader(options);
    return { open: (id, artifact) => askedInput(id, artifact, objects).open(), close: () => objects.close() };
  };
  let loaded: ReturnType<typeof load> | undefined;
  const open = (id: string, artifact: Artifact): ByteReader => {
    let reader: ByteReader | undefined;
    return {
      async read(target) {
        reader ??= (await (loaded ??= load())).open(id, artifact);
        return await reader.read(target);
      },
      close: () => reader?.close(),
    };
  };
  return {
    input({ path, blob }) {
      const artifact = toArtifact(path, blob);
      return { artifact, open: () => open(blob, artifact), name: 'ignore' };
    },
    close: () => void loaded?.then((reader) => reader.close()),
  };
}

export function toArtifact(path: string, blob?: string): Artifact {
  return { kind: 'file', uri: showPath(path), path, ...(blob === undefined ? {} : { blob }) };
}

export function unmergedGap(path: string): Gap {
  return {
    kind: 'git',
    uri: showPath(path),
    message: 'it is in conflict, so the index has no single version of it',
    hint: 'Resolve the conflict and add it: git add PATH',
  };
}
