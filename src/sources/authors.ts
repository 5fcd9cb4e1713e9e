/** The author of a commit, and its dates. */

import { type ObjectReader, wholeObject } from '../git/objects.ts';
import { GitError, isStop } from '../git/spawn.ts';
import { COMMIT_MAX, splitCommit } from './commit-parts.ts';

export interface Authored {
  /** Name and mail address; redacted. */
  readonly author?: string;
  /** The author's date, ISO 8601 with the zone. */
  readonly date?: string;
  /** When it was committed, seconds since 1970; 0 if unknown. */
  readonly committed: number;
}

/** Reads each commit once. */
export function createAuthors(
  objects: ObjectReader,
  redact: (text: string) => string,
): (commit: string) => Promise<Authored> {
  const authors = new Map<string, Promise<Authored>>();
  return async (commit) => {
    let authored = authors.get(commit);
    if (authored === undefined) authors.set(commit, (authored = read(commit, objects, redact)));
    return await authored;
  };
}

async function read(commit: string, objects: ObjectReader, redact: (text: string) => string): Promise<Authored> {
  const object = await objects.read(commit).catch((error: Error) => {
    if (error instanceof GitError && !isStop(error)) return undefined;
    throw error;
  });
  const bytes = object === undefined ? undefined : await wholeObject(object, COMMIT_MAX);
  const header = bytes === undefined ? '' : splitCommit(bytes).header.toString('utf8');
  const [, author, seconds, zone] = /^author ([^\n]*) (\d+) ([+-]\d{4})$/m.exec(header) ?? [];
  const [, committed = '0'] = /^committer [^\n]* (\d+) [+-]\d{4}$/m.exec(header) ?? [];
  if (author === undefined) return { committed: Number(committed) };
  const date = isoDate(Number(seconds), zone!); // the pattern has both
  return { author: redact(author), ...(date === undefined ? {} : { date }), committed: Number(committed) };
}

/** ISO 8601 in the author's zone. */
function isoDate(seconds: number, zone: string): string | undefined {
  const minutes = (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)));
  const local = new Date((seconds + minutes * 60) * 1000);
  return Number.isNaN(local.getTime())
    ? undefined
    : `${local.toISOString().slice(0, 19)}${zone.slice(0, 3)}:${zone.slice(3)}`;
}
