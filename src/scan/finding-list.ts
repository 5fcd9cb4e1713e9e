/** The findings of a pass, with a limit; a secret in a file name is listed once for all versions of its tree. */

import { dropFinding } from '../model/drop.ts';
import type { Finding } from '../model/finding.ts';
import type { ScanRequest } from './request.ts';

/** Bounds memory: beyond this number of findings the scan ends, with a gap. */
const MAX_FINDINGS = 50_000;
/** A repository has many versions of a file with a secret; later steps list the secret once. */
const MAX_VERSIONS = 500_000;

export class FindingList {
  readonly #findings: Finding[] = [];
  /** The name of a file is in every version of its tree; the first is listed. */
  readonly #inTrees = new Map<string, Finding>();
  readonly #request: ScanRequest;

  constructor(request: ScanRequest) {
    this.#request = request;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  get isFull(): boolean {
    return this.#findings.length > (this.#request.volume === 'repository' ? MAX_VERSIONS : MAX_FINDINGS);
  }

  add(findings: readonly Finding[]): void {
    const { onDrop } = this.#request;
    for (const finding of findings) {
      const isInTree = finding.artifact.kind === 'tree';
      const first = isInTree ? this.#inTrees.get(finding.secretFingerprint) : undefined;
      if (first !== undefined) {
        if (onDrop !== undefined)
          dropFinding(onDrop, finding, { kind: 'same-secret', uri: first.artifact.uri, region: first.regions[0] });
        continue;
      }
      if (isInTree) this.#inTrees.set(finding.secretFingerprint, finding);
      this.#findings.push(finding);
    }
  }
}
