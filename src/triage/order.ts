/** The order of findings in reports. */

import type { Finding } from '../model/finding.ts';

/** Report order: by artifact, then position, then rule. Never depends on the order in which things were found. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.artifact.uri, b.artifact.uri) ||
    compareText(a.artifact.kind, b.artifact.kind) ||
    a.regions[0].byteOffset - b.regions[0].byteOffset ||
    compareText(a.ruleId, b.ruleId)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
