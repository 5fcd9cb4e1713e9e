/** Where secrets were introduced and removed: one pass over the changes of all commits, unreachable ones included. */

import { changeBatchesOf, type FileChange } from '../git/changes.ts';
import { type CommitGraph, partByParents } from '../git/commit-graph.ts';
import type { GitOptions } from '../git/spawn.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Finding } from '../model/finding.ts';
import type { AttributionContext } from '../model/source.ts';
import { memoryInput } from '../sources/memory.ts';

/** A version of a file with a secret that the version before does not have. */
export interface FirstVersion {
  readonly commit: string;
  readonly blob: string;
}

/** A secret under one path. */
export interface Track {
  /** Its bare fingerprint. */
  readonly secret: string;
  readonly path: string;
  readonly introductions: FirstVersion[];
  readonly removals: string[];
}

/** Secret fingerprints by the blobs that contain them. */
export type SecretsByBlob = Map<string, Set<string>>;

/** As many objects are named to git: all fit into the command line of every system. */
const NAMED_OBJECTS = 400;

interface Tracking {
  readonly found: SecretsByBlob;
  /** Whether names of files are scanned as well. */
  readonly hasNames: boolean;
  readonly graph: CommitGraph;
}

export interface Tracks {
  readonly tracks: Map<string, Track>;
  readonly names: Map<string, { readonly finding: Finding; readonly commit: string }>;
}

/**
 * Follows the secrets in all commits, and finds names that contain one. Git looks for the objects itself, because printing and
 * reading all changes takes as long as finding them.
 *
 * @throws GitError
 */
export async function trackAll(
  commits: readonly string[],
  { found, hasNames, graph }: Tracking,
  help: AttributionContext,
  options: GitOptions,
): Promise<Tracks> {
  const tracks: Tracks['tracks'] = new Map();
  const names: Tracks['names'] = new Map();
  const trackFor = (secret: string, path: string): Track => {
    const key = `${secret} ${path}`;
    let track = tracks.get(key);
    if (track === undefined) tracks.set(key, (track = { secret, path, introductions: [], removals: [] }));
    return track;
  };
  const addTracks = ({ commit, path, blob, before }: FileChange): void => {
    const now = (blob === undefined ? undefined : found.get(blob)) ?? NO_SECRETS;
    const then = new Set(before.flatMap((version) => [...(found.get(version.blob) ?? NO_SECRETS)]));
    for (const secret of now) if (!then.has(secret)) trackFor(secret, path).introductions.push({ commit, blob: blob! });
    for (const secret of then) if (!now.has(secret)) trackFor(secret, path).removals.push(commit);
  };
  const addNames = async ({ commit, path, newPath }: FileChange): Promise<void> => {
    const uri = newPath ? help.redact(showPath(path)) : '';
    if (!newPath || uri === showPath(path)) return;
    for (const finding of await help.scan(memoryInput(Buffer.from(showPath(path), 'utf8'), { kind: 'file-name', uri })))
      if (!names.has(finding.fingerprint)) names.set(finding.fingerprint, { finding, commit });
  };
  const track = async (some: readonly string[], objects?: readonly string[]): Promise<void> => {
    let last = '';
    for await (const changes of changeBatchesOf(some, options, { renames: false, objects }))
      for (const change of changes) {
        if (change.commit !== last) help.progress?.step();
        last = change.commit;
        addTracks(change);
        if (hasNames) await addNames(change);
      }
  };
  const name = 'finding the commits that introduced them';
  if (hasNames || found.size > NAMED_OBJECTS) {
    help.progress?.phase(name, commits.length);
    await track(commits);
  } else if (found.size > 0) {
    // Git prints only commits that change these objects, so nothing says how far it is.
    help.progress?.phase(name);
    const { single, others } = partByParents(commits, graph);
    // At the same time: the order of the commits does not matter, since they have dates.
    const ended = await Promise.allSettled([track(single, [...found.keys()]), track(others)]);
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }
  return { tracks, names };
}

const NO_SECRETS: ReadonlySet<string> = new Set();
