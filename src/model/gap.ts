/**
 * Gaps and skips: what a scan did not read. A gap is something that was requested and could not be read: it is reported, counted, and makes the
 * exit code 2. A skip is something that a rule leaves out: it is only counted (`--strict` turns skips into gaps).
 */

export type GapKind =
  | 'missing'
  | 'unreadable'
  | 'special-file'
  | 'listing'
  | 'git'
  | 'time-limit'
  /** Ctrl-C, or a signal to end. */
  | 'interrupted'
  | 'too-many-findings'
  | 'skipped'
  /** Commits that the clone lacks: a shallow clone, a base that was overwritten by a forced push. */
  | 'history'
  /** A log that ends before the job did. */
  | 'truncated'
  /** A server did not say whether a credential works. */
  | 'unverified';

export interface Gap {
  readonly kind: GapKind;
  /** The artifact or path concerned; absent when the gap concerns the whole scan. */
  readonly uri?: string;
  /** One sentence: what could not be scanned, and why. */
  readonly message: string;
  /** One sentence: the way out. */
  readonly hint?: string;
  /** How many things it represents, if more than one. */
  readonly count?: number;
  /** Whether another try may succeed: something has ended git, or it could not be started. In no report. */
  readonly isPassing?: true;
}

/** Why something was skipped. The keys appear in reports; the texts are for people. */
export const SKIP_REASONS = {
  ignored: 'ignored by git',
  symlink: 'symbolic links',
  special: 'special files (FIFO, socket, device)',
  absent: 'tracked files that are not in the work tree',
  submodule: 'submodules that are not checked out',
  'submodule-change': 'changes of submodules, whose files are their own',
  'git-directory': 'git directories (glaive history scans them)',
  unfinished: 'objects and packs that an interrupted git has left unfinished (git prune deletes them)',
  'large-blob': 'objects larger than --max-blob',
  'archive-encrypted': 'encrypted files, and encrypted entries of archives',
  'archive-limit': 'archives over the limits of depth, size or number',
  'archive-closed': 'archives in the history, which are not opened without --archives',
  'archive-unsupported': 'compressed or packed files of kinds that glaive does not open',
  'erased-log': 'logs that were erased',
  promised: 'files that a revert or a cherry-pick restores, which a partial clone does not have',
  excluded: 'files excluded by .glaiveignore or by the configuration',
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

/** Why an input was not read to its end: it is reported as a gap, or counted as skipped. */
export type Unread =
  | { readonly kind: 'gap'; readonly gap: Gap }
  | { readonly kind: 'skipped'; readonly reason: SkipReason; readonly what: string | undefined };

/**
 * The reason that a reader threw, as a value.
 *
 * @throws the error itself when it is neither a {@link ReadError} nor {@link Skipped}: a bug
 */
export function unreadBecause(error: unknown): Unread {
  if (error instanceof ReadError) return { kind: 'gap', gap: error.gap };
  if (error instanceof Skipped) return { kind: 'skipped', reason: error.reason, what: error.what };
  throw error;
}

/** Thrown by a reader when requested bytes cannot be read. */
export class ReadError extends Error {
  readonly gap: Gap;

  constructor(gap: Gap, cause?: unknown) {
    super(gap.message, { cause });
    this.name = 'ReadError';
    this.gap = gap;
  }
}

/** Thrown by a reader when an input turns out to be of a kind that the scan skips. */
export class Skipped extends Error {
  readonly reason: SkipReason;
  /** More than the reason says: the kind of an archive. */
  readonly what: string | undefined;

  constructor(reason: SkipReason, what?: string) {
    super(SKIP_REASONS[reason]);
    this.what = what;
    this.name = 'Skipped';
    this.reason = reason;
  }
}
