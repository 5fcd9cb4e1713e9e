/** The outcome of a scan for every place on a line where a rule applies: it is reported, or dropped by a certain step. */

import type { Drop, OnDrop } from '../model/drop.ts';
import type { Finding } from '../model/finding.ts';
import type { Region } from '../model/region.ts';
import { isAccepted } from '../model/suppression.ts';

export interface ExplainedPlace {
  readonly reported: readonly Finding[];
  /** By place. If a rule reports a finding at a place, drops by its other forms are not listed. */
  readonly drops: readonly Drop[];
}

export interface PlaceCollector {
  readonly onDrop: OnDrop;
  /** @param findings of the finished scan */
  explain(findings: readonly Finding[]): ExplainedPlace;
}

/**
 * Collects drops while a scan runs.
 *
 * @param path the path of the artifact; absent: all artifacts
 * @param line absent: the whole file
 */
export function collectPlace({ path, line }: { readonly path?: string; readonly line?: number }): PlaceCollector {
  /** Texts may be scanned more than once. */
  const drops = new Map<string, Drop>();
  const isOnLine = ({ startLine, endLine }: Region): boolean =>
    line === undefined || (startLine <= line && line <= endLine);
  const isInFile = ({ artifact }: Pick<Drop, 'artifact'>): boolean =>
    path === undefined || (artifact.path ?? artifact.uri) === path;
  return {
    onDrop(drop) {
      if (!isInFile(drop) || (drop.region !== undefined && !isOnLine(drop.region))) return;
      const { ruleId, form, region, reason } = drop;
      drops.set([ruleId, form, region?.byteOffset, region?.byteLength, reason.kind].join(' '), drop);
    },
    explain(findings) {
      const reported = findings.filter(
        (finding) => isInFile(finding) && !isAccepted(finding) && finding.regions.some(isOnLine),
      );
      const all = [...drops.values()];
      return {
        reported,
        drops: all
          .filter((drop) => !reported.some((finding) => isInside(drop, finding)) && !hasBetterReason(drop, all))
          .toSorted((a, b) => (a.region?.byteOffset ?? -1) - (b.region?.byteOffset ?? -1)),
      };
    },
  };
}

/** Whether a drop is about a part of a finding: a keyword that led to the finding by another form of its rule. */
function isInside({ ruleId, region }: Drop, finding: Finding): boolean {
  if (region === undefined || (ruleId !== undefined && ruleId !== finding.ruleId)) return false;
  return finding.regions.some((own) => contains(own, region));
}

/** The routable shape is tried at every prefix: its mismatch is irrelevant where another trial got further. */
function hasBetterReason(drop: Drop, drops: readonly Drop[]): boolean {
  if (drop.reason.kind !== 'routable-shape') return false;
  const { region } = drop;
  return drops.some(
    (other) => other !== drop && region !== undefined && other.region !== undefined && contains(other.region, region),
  );
}

function contains(outer: Region, inner: Region): boolean {
  return (
    outer.byteOffset <= inner.byteOffset && inner.byteOffset + inner.byteLength <= outer.byteOffset + outer.byteLength
  );
}
