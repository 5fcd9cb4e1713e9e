/** An entry of an archive, as an input. */

import type { Artifact, Input } from '../../model/artifact.ts';
import { Skipped, ReadError } from '../../model/gap.ts';
import { memoryInput } from '../memory.ts';
import { streamReader } from '../stream-reader.ts';
import { HELD_MAX } from './budget.ts';

/** Separates the name of an archive from that of its entry, as in Java. */
const WITHIN = '!/';

/** @param name as the archive has it; it is no path on this disk */
export function entryArtifact(archive: Artifact, name: string): Artifact {
  const { kind, uri, path, blob, commit, job, entries = [] } = archive;
  return {
    kind,
    uri: `${uri}${WITHIN}${name}`,
    ...(path === undefined ? {} : { path }),
    ...(blob === undefined ? {} : { blob }),
    ...(commit === undefined ? {} : { commit }),
    ...(job === undefined ? {} : { job }),
    entries: [...entries, name],
  };
}

/** Small entries are kept in memory, so that they can be opened again; a large one can be read once. */
export async function entryInput(
  artifact: Artifact,
  stream: AsyncIterable<Uint8Array>,
  size: number | undefined,
): Promise<Input> {
  const translate = (error: Error): Error => asReadError(error, artifact.uri);
  if (size === undefined || size > HELD_MAX)
    return { artifact, archive: 'once', open: () => streamReader(stream, translate) };
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of stream) pieces.push(piece);
  } catch (error) {
    throw translate(error as Error);
  }
  return memoryInput(Buffer.concat(pieces), artifact);
}

/** Translates an error of reading an archive. */
export function asReadError(error: unknown, uri: string): Error {
  if (error instanceof Skipped || error instanceof ReadError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ReadError(
    {
      kind: 'unreadable',
      uri,
      message: `cannot unpack it: ${why}`,
      hint: 'It is damaged or cut short. Create it again, or exclude it in .glaiveignore.',
    },
    error,
  );
}
