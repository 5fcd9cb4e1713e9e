/** The account of a scan: what was looked at, what was passed over, what could not be read. */

import { type Gap, SKIP_REASONS, type SkipReason } from '../model/gap.ts';
import type { Counts } from '../model/report.ts';
import type { Progress } from '../model/progress.ts';
import type { Diagnostics } from '../model/source.ts';
import { compareText } from '../model/order.ts';

export interface Coverage extends Diagnostics {
  /** More was found in an artifact than is kept. */
  overflow(uri: string): void;
  /** The scan was ended early. @param reason of an abort signal: the name of a process signal, or a sentence */
  stopped(reason: unknown): void;
  /** `--strict`: what was passed over is a gap too. */
  promoteSkips(): void;
  gaps(): readonly Gap[];
  notes(): readonly string[];
  counts(): Omit<Counts, 'belowConfidence' | 'suppressed'>;
}

/** For another pass over the same: what it reads was counted, and of what it cannot read only what is new is said. */
export function secondCoverage(coverage: Coverage): Coverage {
  const keyOf = ({ kind, uri, message }: Gap): string => JSON.stringify([kind, uri, message]);
  const known = new Set(coverage.gaps().map(keyOf));
  return {
    ...coverage,
    scanned() {},
    skip() {},
    masked() {},
    gap(found) {
      if (!known.has(keyOf(found))) coverage.gap(found);
    },
  };
}

/** A gap each, up to this many; beyond it one gap says how many more there are. */
const LISTED_GAPS = 1000;

/** @param redact masks secrets in messages and names */
export function createCoverage(redact: (text: string) => string): Coverage {
  const gaps: Gap[] = [];
  let unlisted = 0;
  const notes = new Set<string>();
  const skips: Partial<Record<SkipReason, number>> = {};
  const unopened = new Map<string, number>();
  let artifacts = 0;
  let bytes = 0;
  let masked = 0;
  const cuts = new Set<string>();

  const kinds = (): string =>
    unopened.size === 0 ? '' : ` (${[...unopened.keys()].toSorted(compareText).join(', ')})`;

  const gap = (found: Gap): void => {
    if (gaps.length >= LISTED_GAPS) {
      unlisted++;
      return;
    }
    gaps.push({
      ...found,
      message: redact(found.message),
      ...(found.uri === undefined ? {} : { uri: redact(found.uri) }),
    });
  };

  return {
    gap,
    skip(reason, count = 1, what) {
      if (count > 0) skips[reason] = (skips[reason] ?? 0) + count;
      if (count > 0 && what !== undefined && reason === 'archive-unsupported')
        unopened.set(what, (unopened.get(what) ?? 0) + count);
    },
    note(text) {
      notes.add(redact(text));
    },
    cut: (what) => void cuts.add(what),
    masked(count) {
      masked += count;
    },
    scanned(count, texts = 1) {
      artifacts += texts;
      bytes += count;
    },
    overflow(uri) {
      gap({
        kind: 'too-many-findings',
        uri,
        message: 'it holds more possible credentials than glaive takes, and was not scanned further',
        hint: 'Remove what the report lists and scan again, or exclude the file.',
      });
    },
    stopped(reason) {
      const why = reason instanceof Error ? reason.message : String(reason);
      const isInterrupted = /^SIG[A-Z]+$/.test(why);
      gap({
        kind: isInterrupted ? 'interrupted' : 'time-limit',
        message: [
          isInterrupted ? `the scan was interrupted (${why})` : `the scan was ended early: ${why}`,
          ...cuts,
        ].join('; '),
        hint: isInterrupted ? 'Run it again: this is no complete report.' : 'Scan less at once, or give it more time.',
      });
    },
    promoteSkips() {
      for (const [reason, count] of Object.entries(skips)) {
        gap({
          kind: 'skipped',
          message: `passed over: ${count} ${SKIP_REASONS[reason as SkipReason]}${reason === 'archive-unsupported' ? kinds() : ''}`, // its keys are reasons
          hint: 'Name them as PATH, or scan without --strict.',
          ...(count > 1 ? { count } : {}),
        });
      }
    },
    notes: () => [...notes],
    gaps() {
      const sorted = gaps.toSorted(compareGaps);
      if (unlisted === 0) return sorted;
      const message = `${unlisted} more that could not be looked at are not listed`;
      return [...sorted, { kind: 'unreadable', message, count: unlisted }];
    },
    counts: () => ({
      artifacts,
      bytes,
      ...(masked === 0 ? {} : { masked }),
      skips: inOrder(skips),
      ...(unopened.size === 0
        ? {}
        : { unopened: Object.fromEntries([...unopened].toSorted(([a], [b]) => compareText(a, b))) }),
    }),
  };
}

/** Once a scan is ended early, what cannot be read is a consequence of that, which is said once. */
export function untilStopped(coverage: Coverage, signal: AbortSignal | undefined): Coverage {
  return {
    ...coverage,
    gap(gap) {
      if (signal?.aborted !== true) coverage.gap(gap);
    },
  };
}

/** Adds nothing to the counts: for texts that are scanned once more. */
export function uncounted(coverage: Coverage): Coverage {
  return { ...coverage, scanned() {}, skip() {} };
}

/** Shows the progress of a source that scans texts itself. */
export function withProgress(coverage: Coverage, progress: Progress | undefined): Coverage {
  return {
    ...coverage,
    scanned(bytes, texts = 1) {
      coverage.scanned(bytes, texts);
      progress?.bytes(bytes);
      for (let text = 0; text < texts; text++) progress?.artifact();
    },
  };
}

/** Those of the whole scan first, then by artifact: the order of discovery is the file system's whim. */
function compareGaps(a: Gap, b: Gap): number {
  return compareText(a.uri ?? '', b.uri ?? '') || compareText(a.kind, b.kind) || compareText(a.message, b.message);
}

function inOrder(skips: Partial<Record<SkipReason, number>>): Partial<Record<SkipReason, number>> {
  return Object.fromEntries(
    Object.keys(SKIP_REASONS).flatMap((key) => (key in skips ? [[key, skips[key as SkipReason]]] : [])),
  );
}
