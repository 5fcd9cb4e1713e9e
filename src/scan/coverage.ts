/** Coverage, the account of a scan: everything that was scanned, skipped, or could not be read. */

import { type Gap, SKIP_REASONS, type SkipReason } from '../model/gap.ts';
import type { Counts } from '../model/report.ts';
import type { Progress } from '../model/progress.ts';
import type { Diagnostics } from '../model/source.ts';
import { compareText } from '../model/order.ts';

export interface Coverage extends Diagnostics {
  /** An artifact has more findings than are kept. */
  overflow(uri: string): void;
  /** The scan was ended early. @param reason of an abort signal: the name of a process signal, or a sentence */
  stopped(reason: unknown): void;
  /** `--strict`: turns skips into gaps. */
  promoteSkips(): void;
  gaps(): readonly Gap[];
  notes(): readonly string[];
  counts(): Omit<Counts, 'belowConfidence' | 'suppressed'>;
}

/** For another pass over the same inputs: their bytes are counted already, and only new gaps are reported. */
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

/** The number of gaps that are listed; one more gap counts the others. */
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
        message: 'it has more possible credentials than glaive lists, and was not scanned further',
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
        hint: isInterrupted ? 'Run it again: this report is incomplete.' : 'Scan less at once, or give it more time.',
      });
    },
    promoteSkips() {
      for (const [reason, count] of Object.entries(skips)) {
        gap({
          kind: 'skipped',
          message: `skipped: ${count} ${SKIP_REASONS[reason as SkipReason]}${reason === 'archive-unsupported' ? kinds() : ''}`, // its keys are reasons
          hint: 'Name them as PATH, or scan without --strict.',
          ...(count > 1 ? { count } : {}),
        });
      }
    },
    notes: () => [...notes],
    gaps() {
      const sorted = gaps.toSorted(compareGaps);
      if (unlisted === 0) return sorted;
      const message = `${unlisted} more gaps are not listed`;
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

/** After an early end further gaps are its consequence, which is reported once. */
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

/** Gaps of the whole scan first, then by artifact: the order of discovery is arbitrary. */
function compareGaps(a: Gap, b: Gap): number {
  return compareText(a.uri ?? '', b.uri ?? '') || compareText(a.kind, b.kind) || compareText(a.message, b.message);
}

function inOrder(skips: Partial<Record<SkipReason, number>>): Partial<Record<SkipReason, number>> {
  return Object.fromEntries(
    Object.keys(SKIP_REASONS).flatMap((key) => (key in skips ? [[key, skips[key as SkipReason]]] : [])),
  );
}
