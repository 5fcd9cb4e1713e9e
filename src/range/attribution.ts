/** Attributes findings of a range to the commits that introduced them, and checks whether they are still there at its end. */

import { blobAt } from '../git/file-at.ts';
import { type GitOptions, isStop, throwIfStopped } from '../git/spawn.ts';
import { type Finding, fingerprintsOf, type Introduction, isAmong } from '../model/finding.ts';
import type { AttributionContext } from '../model/source.ts';
import { type Authored, createAuthors } from '../sources/authors.ts';
import type { RangeContext } from './range-context.ts';

/**
 * Returns one finding for each secret and path, in its form at the end of the range, with the commit that introduced it first.
 * A secret that was removed by then keeps its first form.
 */
export async function attributeRange(
  findings: readonly Finding[],
  { scan, redact, cut }: AttributionContext,
  walk: RangeContext,
  options: GitOptions,
): Promise<readonly Finding[]> {
  try {
    const authorOf = createAuthors(walk.objects, redact);
    const attributed = new Map<string, Finding>();
    for (const finding of inOrder(findings, walk)) {
      const { commit } = finding.artifact;
      if (commit === undefined) {
        attributed.set(`${attributed.size}`, finding);
        continue;
      }
      const place: Introduction = {
        commit,
        uri: finding.artifact.uri,
        startLine: finding.regions[0].startLine,
      };
      let last = finding;
      let introduction = place;
      try {
        introduction = { ...place, ...withoutTime(await authorOf(commit)) };
        last = await atTheEnd(finding, commit, walk, scan, options);
        // A file that was not read before the early end must not pass for one without the secret.
        throwIfStopped(options.signal);
      } catch (error) {
        if (!isStop(error)) throw error;
        last = finding;
        cut('for some findings the author, and whether they are still there at the end, are unknown');
      }
      const key = `${last.fingerprint} ${last.artifact.kind}`;
      if (!attributed.has(key)) attributed.set(key, { ...last, introduction });
    }
    return [...attributed.values()];
  } finally {
    walk.objects.close();
  }
}

/** The oldest commits first. */
function inOrder(findings: readonly Finding[], { order }: RangeContext): Finding[] {
  const placeOf = ({ artifact }: Finding): number => order.get(artifact.commit ?? '') ?? -1;
  return findings.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** The finding at the end of the range, under the name that the file has there. */
async function atTheEnd(
  finding: Finding,
  commit: string,
  walk: RangeContext,
  scan: AttributionContext['scan'],
  options: GitOptions,
): Promise<Finding> {
  const { kind, path, blob } = finding.artifact;
  if (kind !== 'file' || path === undefined) return finding;
  const last = lastPath(path, commit, walk);
  for (const tip of walk.tips) {
    const id = await blobAt(tip, last, walk.objects, options);
    if (id === undefined) continue;
    if (id === blob && last === path) return finding;
    const input = walk.inputOf({ path: last, before: walk.beforeOf(path, commit) }, id, commit);
    const readings = new Set(fingerprintsOf(finding));
    const found = (await scan(input)).find((other) => isAmong(other, readings));
    if (found !== undefined) return { ...found, suppressions: merged(found, finding) };
  }
  return { ...finding, removedLater: true };
}

/** Suppressions that apply at the end, and `moved`, which only the change itself shows. */
function merged(now: Finding, then: Finding): Finding['suppressions'] {
  return [...now.suppressions, ...then.suppressions.filter(({ by }) => by === 'moved')];
}

/** Follows the renames after a commit. */
function lastPath(path: string, commit: string, { order, renames }: RangeContext): string {
  const from = order.get(commit) ?? -1;
  return renames.reduce(
    (at, rename) => (rename.oldPath === at && (order.get(rename.commit) ?? -1) > from ? rename.path : at),
    path,
  );
}

function withoutTime({ committed: _committed, ...authored }: Authored): Omit<Authored, 'committed'> {
  return authored;
}
