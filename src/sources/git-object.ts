/** Git objects as inputs, and the gaps for those that cannot be read. */

import type { GitObject, ObjectReader } from '../git/objects.ts';
import { gapFromGit } from '../git/git-error.ts';
import { GitError } from '../git/spawn.ts';
import type { Artifact, ByteReader, Input } from '../model/artifact.ts';
import { type Gap, ReadError } from '../model/gap.ts';

/** An object that was requested already: read as it arrives, and requested again if it is opened again. */
export function streamedInput(object: GitObject, artifact: Artifact, again: ObjectReader): Input {
  let isFirst = true;
  return {
    artifact,
    open() {
      if (!isFirst) return askedReader(object.id, artifact.uri, again);
      isFirst = false;
      return guarded(object.reader, artifact.uri);
    },
  };
}

/** An object that is requested when it is opened. */
export function askedInput(id: string, artifact: Artifact, objects: ObjectReader): Input {
  return { artifact, open: () => askedReader(id, artifact.uri, objects) };
}

function askedReader(id: string, uri: string, objects: ObjectReader): ByteReader {
  let reader: ByteReader | undefined;
  return {
    async read(target) {
      if (reader === undefined) {
        const object = await objects.read(id).catch((error: Error) => {
          throw unreadable(error, uri);
        });
        if (object === undefined) throw missing(id, uri);
        reader = guarded(object.reader, uri);
      }
      return await reader.read(target);
    },
    close: () => reader?.close(),
  };
}

function guarded(reader: ByteReader, uri: string): ByteReader {
  return {
    async read(target) {
      try {
        return await reader.read(target);
      } catch (error) {
        throw unreadable(error as Error, uri);
      }
    },
    close: () => reader.close(),
  };
}

/** Translates an error of git; any other error is a bug, and is returned unchanged. */
export function unreadable(error: Error, uri: string): Error {
  if (!(error instanceof GitError)) return error;
  return new ReadError(gapFromGit(error, { uri }), error);
}

/** The error for a missing object that others refer to. */
export function missing(id: string, uri: string): ReadError {
  return new ReadError({
    kind: 'git',
    uri,
    message: `object ${id} is not in this repository`,
    hint: 'In a partial clone, fetch the missing objects: git fetch --refetch --no-filter',
  });
}

/** The gap for a version that a partial clone lacks; the caller adds a hint if it may be fetched. */
export function absentGap(uri: string): Gap {
  return { kind: 'git', uri, message: 'this is a partial clone, and does not have this version of the file' };
}
