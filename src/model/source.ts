/** A source yields inputs and says what it could not look at. One file each in `sources/`. */

import type { Input } from './artifact.ts';
import type { Finding } from './finding.ts';
import type { Progress } from './progress.ts';
import type { Gap, SkipReason } from './gap.ts';
import type { Secret } from './secret.ts';

/** Where everybody who meets trouble leaves word of it. */
export interface Diagnostics {
  gap(gap: Gap): void;
  /** @param what what was passed over, where the reason leaves that open: the kind of an archive */
  skip(reason: SkipReason, count?: number, what?: string): void;
  /** Something that whoever reads the report should know, and that is no gap. */
  note(text: string): void;
  /** So many texts (default one) of so many bytes together were looked at by the source itself, and hold nothing. */
  looked(bytes: number, texts?: number): void;
  /** What the early end of a scan leaves undone, in words: for the one gap that says that it was ended early. */
  cut(what: string): void;
  /** So many values in a job log were masked by the runner: they are no findings, and are counted. */
  masked(count: number): void;
}

/** What a source may need to complete its findings. */
export interface Conclusion {
  /** Looks once more, on the side. */
  look(input: Input): Promise<readonly Finding[]>;
  redact(text: string): string;
  /** The fingerprint by which a secret that is known already is found again. */
  fingerprintOf(secret: Secret): string;
  gap(gap: Gap): void;
  /** As in {@link Diagnostics}. */
  cut(what: string): void;
  readonly progress?: Progress | undefined;
}

/**
 * Whether what a file held at one path before a change says nothing of what it holds at another after it: it was not scanned
 * there, or it was accepted for that place alone. Only what was scanned before can have been there before.
 *
 * @param to absent where it is at no path any more
 */
export type Uncounted = (from: string, to?: string) => boolean;

/** Gives what a commit passes over, where that is not what is passed over now. */
export type ExcludedAt = (commit: string) => Promise<((path: string) => boolean) | undefined>;

export interface Source {
  readonly name: string;
  /** Yields lazily: nothing is read before it is asked for. Throws only for bugs; everything else goes to the diagnostics. */
  inputs(diagnostics: Diagnostics): AsyncIterable<Input>;
  /** Where only what is new is asked for: texts that are taken away. A secret that stands in one of them is not new. */
  removed?(trouble: Diagnostics): AsyncIterable<Input>;
  /**
   * Completes what was found: who introduced it, and whether it is still there. Called after an early end too, and must then
   * be done at once: with what it knows without asking anybody.
   */
  conclude?(findings: readonly Finding[], help: Conclusion): Promise<readonly Finding[]>;
}
