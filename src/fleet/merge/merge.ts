/** Merges the results of a store: folds them into the index, and writes the summary next to it. */

import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { writeWhole } from '../../lib/output-file.ts';
import { atLeast, type Confidence } from '../../model/confidence.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode } from '../../model/io.ts';
import { jsonText } from '../../report/json-text.ts';
import type { Plan } from '../plan.ts';
import { indexPath } from '../store.ts';
import { foldStore, type FoldOptions } from './fold.ts';
import { type FindingRow, isOpen, type RepositoryRow } from './rows.ts';
import { type Summary, Summing } from './summary.ts';

export const SUMMARY = 'summary.json';

export type FailOn = Confidence | 'active';

export interface Merged {
  readonly summary: Summary;
  readonly code: ExitCode;
  /** Secrets that count and were never checked, if only active ones fail. */
  readonly unasked: number;
  /** Repositories whose lines of the index were damaged, and were made again. */
  readonly repaired: number;
}

export interface MergeOptions extends Pick<FoldOptions, 'checked' | 'redact'> {
  readonly failOn: FailOn;
  /** Each repository with its findings, in the order of keys. */
  readonly onRepository?: (row: RepositoryRow, findings: readonly FindingRow[]) => void;
}

/**
 * Merging twice writes the same bytes.
 *
 * @throws GlaiveError if the index cannot be read or written
 */
export async function mergeStore(store: string, plan: Plan, options: MergeOptions): Promise<Merged> {
  const { failOn, onRepository, checked, redact } = options;
  const summing = new Summing(plan.head);
  let isFailing = false;
  const unasked = new Set<string>();
  const repaired = await foldStore(store, plan, {
    redact,
    ...(checked === undefined ? {} : { checked }),
    onRepository: (row, findings) => {
      summing.add(row, findings);
      isFailing ||= findings.some((each) => isOpen(each) && counts(each, failOn));
      // Those that were checked just now have gaps of their own.
      if (failOn === 'active' && checked === undefined)
        for (const each of findings) if (isOpen(each) && isUnasked(each)) unasked.add(each.secretFingerprint);
      onRepository?.(row, findings);
    },
  });
  const summary = summing.result();
  await writeSummary(store, summary);
  const isWhole = summary.isComplete && unasked.size === 0;
  const code = !isWhole ? EXIT.incomplete : isFailing ? EXIT.findings : EXIT.clean;
  return { summary, code, unasked: unasked.size, repaired };
}

/** Whether its issuer could tell whether it is active, and has not. */
function isUnasked({ tokenStatus, tokenStatusReason }: FindingRow): boolean {
  return (
    tokenStatus === 'unknown' && tokenStatusReason !== 'unsupported' && !tokenStatusReason?.startsWith('not known')
  );
}

function counts({ status, confidence }: FindingRow, failOn: FailOn): boolean {
  return failOn === 'active' ? status === 'active' : atLeast(confidence, failOn);
}

async function writeSummary(store: string, summary: Summary): Promise<void> {
  const path = indexPath(store, SUMMARY);
  try {
    await writeWhole(path, [jsonText(summary, 2), '\n'], { mode: 0o600, makeFolders: true });
  } catch (error) {
    throw new GlaiveError('output', `cannot write ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
}
