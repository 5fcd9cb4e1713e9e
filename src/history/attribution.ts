/**
 * Attributes findings in the objects of a repository to the commits that introduced them: one pass over the changes of all
 * commits, unreachable ones included, however many findings there are.
 */

import { compareText } from '../model/order.ts';
import { listAllObjects, listSomeObjects } from '../git/all-objects.ts';
import { hexIds } from '../git/id-sets.ts';
import { reachableCommits } from '../git/commits.ts';
import { readCommitGraph } from '../git/commit-graph.ts';
import { type ObjectReader } from '../git/objects.ts';
import { type Holding, listRefs, type Ref, refsHolding } from '../git/refs.ts';
import { throwIfStopped } from '../git/spawn.ts';
import { shallowCommits } from '../git/resolve.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Artifact } from '../model/artifact.ts';
import { bareFingerprint, type Finding, type Introduction } from '../model/finding.ts';
import type { AttributionContext } from '../model/source.ts';
import { type Authored, createAuthors } from '../sources/authors.ts';
import { ofGitItself } from './git-files.ts';
import { askedInput } from '../sources/git-object.ts';
import type { HistoryOptions } from './history-options.ts';
import { attributeUnreachable } from './unreachable.ts';
import { type FirstVersion, type SecretsByBlob, type Track, trackAll } from './tracks.ts';
import { filesAtHead, type VersionCache, createVersionCache } from './version-cache.ts';

/** How many refs are named of those that contain a commit. */
const LISTED_REFS = 20;
interface HistoryParts {
  readonly objects: ObjectReader;
  readonly options: HistoryOptions;
  /** Undefined if they could not be listed before. */
  readonly refs: readonly Ref[] | undefined;
}

/** Returns one finding for each secret and path, with its history; and which blobs contain which secrets. */
export async function attributeHistory(
  findings: readonly Finding[],
  help: AttributionContext,
  { objects, options, refs }: HistoryParts,
): Promise<{ readonly attributed: readonly Finding[]; readonly found: SecretsByBlob }> {
  const found: SecretsByBlob = new Map(
    [...(options.before?.found ?? [])].map(([blob, secrets]) => [blob, new Set(secrets)]),
  );
  const fresh = new Set<string>();
  for (const finding of findings) {
    const { artifact } = finding;
    if (artifact.kind !== 'object' || artifact.blob === undefined) continue;
    fresh.add(bareFingerprint(finding));
    put(found, artifact.blob, bareFingerprint(finding));
  }
  const ofCommits = findings.filter(({ artifact }) => artifact.commit !== undefined);
  const rest = [
    ...findings.filter(({ artifact }) => artifact.kind === 'tag-message' || artifact.kind === 'ref-name'),
    ...(await ofGitItself(findings, help, options)),
  ];
  const inTrees = new Map(
    findings.filter(({ artifact }) => artifact.kind === 'tree').map((finding) => [finding.secretFingerprint, finding]),
  );
  if (findings.length === 0) return { attributed: [], found };

  const commits = await allCommits(options);
  const graph = await readCommitGraph(options);
  const { tracks, names } = await trackAll(commits, { found, hasNames: inTrees.size > 0, graph }, help, options);
  const wanted = [...tracks.values()].filter(({ secret }) => fresh.has(secret));
  const groups = new Map<object, readonly string[]>([
    ...wanted.map((track) => [track, withinLimits(track, options).map(({ commit }) => commit)] as const),
    ...ofCommits.map((finding) => [finding, [finding.artifact.commit!]] as const),
    ...[...names.values()].map(({ finding, commit }) => [finding, [commit]] as const),
  ]);
  const holding = await refsHolding([...groups.values()], {
    graph,
    refs: refs ?? (await listRefs(options)),
    listed: LISTED_REFS,
    signal: options.signal,
  });
  const context: Context = {
    help,
    objects,
    options,
    found,
    authorOf: createAuthors(objects, help.redact),
    refs: new Map([...groups.keys()].map((of, index) => [of, holding[index]!])), // one for each group
    head: await filesAtHead(new Set(wanted.map(({ path }) => path)), options),
    shallow: await shallowCommits(options),
    scannedVersions: createVersionCache(),
  };

  const attributed: Finding[] = [];
  /** Secrets that are reported, or that a limit leaves out. */
  const settled = new Set<string>();
  for (const track of wanted) {
    const reported = await attributeTrack(track, context);
    // An object that was not read before the early end must not pass for one without the secret.
    throwIfStopped(options.signal);
    if (reported !== undefined) settled.add(track.secret);
    attributed.push(...(reported ?? []));
  }
  for (const finding of ofCommits)
    attributed.push(await withHistory(finding, [finding.artifact.commit!], finding, finding, context));
  for (const { finding, commit } of names.values()) {
    attributed.push(await withHistory(finding, [commit], finding, finding, context));
    inTrees.delete(finding.secretFingerprint);
  }
  attributed.push(...rest);
  const nowhere = [...findings, ...(await inOtherObjects(findings, settled, context))].filter(
    (finding) => finding.artifact.kind === 'object' && !settled.has(bareFingerprint(finding)),
  );
  attributed.push(...(await attributeUnreachable([...nowhere, ...inTrees.values()], context)));
  return { attributed: distinct(attributed.filter((finding) => isReported(finding, options))), found };
}

/** Commits of an object pool that only other members have are left out. */
async function allCommits(options: HistoryOptions): Promise<readonly string[]> {
  const { own, isAll } = options;
  const ignore = (): void => {};
  const all = isAll
    ? options.list
    : own === undefined
      ? await listAllObjects(options, ignore)
      : await listSomeObjects(hexIds(own), options, ignore);
  const commits = Array.from({ length: all.length }, (_, index) => index)
    .filter((index) => all.type(index) === 'commit')
    .map((index) => all.id(index));
  if (own === undefined) return commits;
  return [...new Set([...commits, ...(await reachableCommits({ refs: [], exclude: [], since: undefined }, options))])];
}

/** Secrets that no commit has are listed in each object: also in those that a scan which was cut short has read. */
async function inOtherObjects(
  findings: readonly Finding[],
  settled: ReadonlySet<string>,
  { options, objects, help }: Context,
): Promise<Finding[]> {
  const pending = new Set((options.before?.pending ?? []).filter((secret) => !settled.has(secret)));
  if (pending.size === 0) return [];
  const listed = new Set(findings.map(({ artifact }) => artifact.blob));
  const others: Finding[] = [];
  for (const [blob, secrets] of options.before?.found ?? []) {
    if (listed.has(blob) || ![...secrets].some((secret) => pending.has(secret))) continue;
    const artifact: Artifact = { kind: 'object', uri: `object/${blob}`, blob };
    const found = await help.scan({ ...askedInput(blob, artifact, objects), name: 'ignore' });
    throwIfStopped(options.signal);
    others.push(...found.filter((finding) => pending.has(bareFingerprint(finding))));
  }
  return others;
}

interface Context {
  readonly help: AttributionContext;
  readonly objects: ObjectReader;
  readonly options: HistoryOptions;
  readonly found: SecretsByBlob;
  readonly authorOf: (commit: string) => Promise<Authored>;
  /** By track, and by finding if it is in no version of a file. */
  readonly refs: ReadonlyMap<object, Holding>;
  /** The blobs at HEAD of the paths in question. */
  readonly head: ReadonlyMap<string, string>;
  readonly shallow: ReadonlySet<string>;
  readonly scannedVersions: VersionCache;
}

/** A cherry-pick may be within the limits though the picked commit is not. */
function withinLimits({ introductions }: Track, { only }: HistoryOptions): readonly FirstVersion[] {
  return only === undefined ? introductions : introductions.filter(({ commit }) => only.has(commit));
}

/** The secret as it is in HEAD, or else as it was introduced; undefined if no commit introduced it. */
async function attributeTrack(track: Track, context: Context): Promise<Finding[] | undefined> {
  const { objects, help, found } = context;
  if (track.introductions.length === 0) return undefined;
  const { secret, path } = track;
  const within = withinLimits(track, context.options);
  if (within.length === 0) return [];
  const introductions = await inOrderOfDate(within, ({ commit }) => commit, context);
  const head = context.head.get(path);
  const isInHead = head !== undefined && found.get(head)?.has(secret) === true;
  const scanVersion = async (blob: string): Promise<Finding | undefined> => {
    const bySecret = await context.scannedVersions(blob, path, async () => {
      const artifact: Artifact = { kind: 'file', uri: showPath(path), path, blob };
      return await help.scan({ ...askedInput(blob, artifact, objects), name: 'ignore' as const });
    });
    return bySecret.get(secret);
  };
  const first = await scanVersion(introductions[0]!.blob); // there is one at least
  const shown = isInHead ? await scanVersion(head) : first;
  if (first === undefined || shown === undefined) return undefined;
  const whole = await withHistory(
    shown,
    introductions.map(({ commit }) => commit),
    first,
    track,
    context,
  );
  const history = { ...whole.history!, inHead: isInHead };
  const [removal] = isInHead ? [] : (await inOrderOfDate(track.removals, (commit) => commit, context)).toReversed();
  if (removal === undefined) return [{ ...whole, history }];
  const { date } = await context.authorOf(removal);
  return [{ ...whole, history: { ...history, removed: { commit: removal, ...(date === undefined ? {} : { date }) } } }];
}

/** @param commits those that introduced it, the oldest first @param of the key of its refs */
async function withHistory(
  finding: Finding,
  commits: readonly string[],
  first: Finding,
  of: object,
  context: Context,
): Promise<Finding> {
  const [commit] = commits as [string]; // there is one at least
  const { author, date } = await context.authorOf(commit);
  const introduction: Introduction = {
    commit,
    ...(author === undefined ? {} : { author }),
    ...(date === undefined ? {} : { date }),
    uri: first.artifact.uri,
    startLine: first.regions[0].startLine,
    ...(commits.length > 1 ? { introductions: commits.length } : {}),
    ...(context.shallow.has(commit) ? { atOrBefore: true as const } : {}),
  };
  const { count, names } = context.refs.get(of)!; // asked for all of them
  return {
    ...finding,
    introduction,
    history: {
      reachable: count > 0,
      refs: names.map(context.help.redact),
      refCount: count,
      inHead: false,
    },
  };
}

async function inOrderOfDate<T>(
  items: readonly T[],
  commitOf: (item: T) => string,
  { authorOf }: Context,
): Promise<T[]> {
  const dated = await Promise.all(
    items.map(async (item) => ({ item, time: (await authorOf(commitOf(item))).committed })),
  );
  return dated
    .toSorted((a, b) => a.time - b.time || compareText(commitOf(a.item), commitOf(b.item)))
    .map(({ item }) => item);
}

function isReported({ introduction, history }: Finding, { only, unreachable }: HistoryOptions): boolean {
  if (!unreachable && history?.reachable === false) return false;
  if (only === undefined) return true;
  return introduction !== undefined && only.has(introduction.commit);
}

/** Keeps one of each. */
function distinct(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.fingerprint} ${finding.artifact.kind}`;
    if (!first.has(key)) first.set(key, finding);
  }
  return [...first.values()];
}

function put(found: SecretsByBlob, blob: string, secret: string): void {
  const secrets = found.get(blob);
  if (secrets === undefined) found.set(blob, new Set([secret]));
  else secrets.add(secret);
}
