/** What a scan makes of every place on a line where a rule applies: it is reported, or dropped by a certain step. */

import type { Drop, OnDrop } from '../model/drop.ts';
import type { Finding } from '../model/finding.ts';
import type { Region } from '../model/region.ts';
import { isAccepted } from '../model/suppression.ts';

export interface ExplainedPlace {
  readonly reported: readonly Finding[];
  /** By place; what is reported at a place is not listed as dropped by other forms of the same rule. */
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
 * @param path as the artifact has it; absent for everything that is scanned
 * @param line absent for the whole file
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
      return {
        reported,
        drops: [...drops.values()]
          .filter((drop) => !reported.some((finding) => isInside(drop, finding)))
          .toSorted((a, b) => (a.region?.byteOffset ?? -1) - (b.region?.byteOffset ?? -1)),
      };
    },
  };
}

/** Whether a drop is about a part of a finding: a keyword that led to the finding by another form of its rule. */
function isInside({ ruleId, region, reason }: Drop, finding: Finding): boolean {
  if (region === undefined || (ruleId !== undefined && ruleId !== finding.ruleId)) return false;
  if (reason.kind === 'same-secret') return false;
  return finding.regions.some(
    (own) =>
      own.byteOffset <= region.byteOffset && region.byteOffset + region.byteLength <= own.byteOffset + own.byteLength,
  );
}
