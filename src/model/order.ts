/** The order of findings in reports. */

import type { Finding } from './finding.ts';

/** Compares by file, then position, then rule. Never depends on the order in which findings were made. */
export function compareFindings(a: Finding, b: Finding): number {
  const [first, second] = [a.regions[0], b.regions[0]];
  return (
    compareText(a.artifact.uri, b.artifact.uri) ||
    compareText(a.artifact.kind, b.artifact.kind) ||
    first.startLine - second.startLine ||
    first.startColumn - second.startColumn ||
    first.byteOffset - second.byteOffset ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

/** Compares by UTF-16 units, the same in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
