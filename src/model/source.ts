/** A source yields the inputs of a scan. Each one has a file in `sources/` or in the folder of its feature. */

import type { Input } from './artifact.ts';
import type { Finding } from './finding.ts';
import type { Progress } from './progress.ts';
import type { Gap, SkipReason } from './gap.ts';
import type { Secret } from './secret.ts';

/** Receives everything for the report except findings. */
export interface Diagnostics {
  gap(gap: Gap): void;
  /** @param what the kind of an archive, which the reason does not name */
  skip(reason: SkipReason, count?: number, what?: string): void;
  /** Information for the reader of the report that is not a gap. */
  note(text: string): void;
  /** The source itself has scanned this many texts (default one) without findings, `bytes` in total. */
  scanned(bytes: number, texts?: number): void;
  /** What the early end of a scan leaves undone, for the one gap that reports it. */
  cut(what: string): void;
  /** Values in a job log that the runner masked: they are counted, and are not findings. */
  masked(count: number): void;
}

/** What a source needs to attribute its findings. */
export interface AttributionContext {
  /** Scans one more input, without counting it. */
  scan(input: Input): Promise<readonly Finding[]>;
  redact(text: string): string;
  /** The fingerprint of a secret, for comparing it with findings. */
  fingerprintOf(secret: Secret): Promise<string>;
  gap(gap: Gap): void;
  /** As in {@link Diagnostics}. */
  cut(what: string): void;
  readonly progress?: Progress | undefined;
}

/**
 * Whether the earlier version of a file at one path says nothing about its later version at another: it was not scanned there,
 * or it was accepted for that path alone. Only a scanned version can show that a secret is not new.
 *
 * @param to absent if the file was deleted
 */
export type PreviouslyExcluded = (from: string, to?: string) => boolean;

/** The exclusions of a commit; undefined if they are the current ones. */
export type ExcludedAt = (commit: string) => Promise<((path: string) => boolean) | undefined>;

export interface Source {
  readonly name: string;
  /** Yields lazily: nothing is read before it is asked for. Throws only for bugs; everything else goes to the diagnostics. */
  inputs(diagnostics: Diagnostics): AsyncIterable<Input>;
  /** For sources that yield only additions: the removed texts. A secret in one of them is not new. */
  removed?(diagnostics: Diagnostics): AsyncIterable<Input>;
  /**
   * Attributes the findings: who introduced them, and whether they are still there. Called after an early end too, and must
   * then return at once, with what is known already.
   */
  attribute?(findings: readonly Finding[], context: AttributionContext): Promise<readonly Finding[]>;
}
