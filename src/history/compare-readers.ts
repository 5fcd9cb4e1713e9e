/** Compares what the pack reader and git have found in the same repository, for `--check`. */

import type { Finding } from '../model/finding.ts';
import type { SkipReason } from '../model/gap.ts';
import type { Report } from '../model/report.ts';
import { isAccepted } from '../model/suppression.ts';

/** Object, offset, length and secret fingerprint of each finding. */
export function placesOf(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ artifact, regions, secretFingerprint }) =>
    regions.map(
      ({ byteOffset, byteLength }) => `${artifact.uri} at ${byteOffset}, ${byteLength} bytes, ${secretFingerprint}`,
    ),
  );
}

export interface Comparison {
  /** A line for each place that only one reader has found. */
  readonly differences: readonly string[];
  readonly counts: { readonly git: number; readonly pack: number };
}

/** @param git places found through git @param pack places found by the pack reader */
export function compareReaders(git: readonly string[], pack: readonly string[]): Comparison {
  const [byGit, byPack] = [new Set(git), new Set(pack)];
  return {
    differences: [
      ...git.filter((place) => !byPack.has(place)).map((place) => `only through git: ${place}`),
      ...pack.filter((place) => !byGit.has(place)).map((place) => `only by the pack reader: ${place}`),
    ],
    counts: { git: byGit.size, pack: byPack.size },
  };
}

/** A line for each reason for which the readers have skipped another number of objects. */
export function compareSkips(git: Report['counts'], pack: Report['counts']): string[] {
  const reasons = [...new Set([...Object.keys(git.skips), ...Object.keys(pack.skips)])] as SkipReason[];
  return reasons
    .map((reason) => [reason, git.skips[reason] ?? 0, pack.skips[reason] ?? 0] as const)
    .filter(([, byGit, byPack]) => byGit !== byPack)
    .map(([reason, byGit, byPack]) => `skipped (${reason}): ${byGit} through git, ${byPack} by the pack reader`);
}

/** Whether a scan was stopped before its end, so that it may have missed findings. */
export function isCut({ gaps }: Report): boolean {
  return gaps.some(({ kind }) => kind === 'time-limit' || kind === 'interrupted');
}

/** A complete report, with the gaps and the further secrets of one that was cut. */
export function joinReports(whole: Report, cut: Report): Report {
  const secrets = new Set(whole.findings.map(({ secretFingerprint }) => secretFingerprint));
  const listed = new Set(whole.gaps.map(({ uri, message }) => `${uri} ${message}`));
  const findings = [...whole.findings, ...cut.findings.filter((finding) => !secrets.has(finding.secretFingerprint))];
  return {
    ...whole,
    findings,
    gaps: [...whole.gaps, ...cut.gaps.filter(({ uri, message }) => !listed.has(`${uri} ${message}`))],
    counts: { ...whole.counts, suppressed: findings.filter(isAccepted).length },
    endTime: cut.endTime,
  };
}
