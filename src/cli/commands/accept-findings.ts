/** For `glaive baseline` and `glaive accept`: entries for findings, the list to confirm, and writing the file. */

import { formatBaseline } from '../../config/baseline.ts';
import { defined } from '../../lib/defined.ts';
import { plural } from '../../lib/format-amounts.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { writeWhole } from '../../lib/output-file.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { BaselineEntry } from '../../model/suppression.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import type { ParsedArgs } from '../args/parse.ts';

/** The reason and the end of what is accepted now. */
export interface Acceptance {
  readonly reason: string;
  /** The last day on which the entry counts, `YYYY-MM-DD`. */
  readonly expires?: string;
}

/** `--reason` and `--expires`. */
export function acceptanceOf(args: ParsedArgs): Acceptance {
  return acceptance(args.value('reason') ?? '', args.value('expires'));
}

/** A secret in the reason is masked: the baseline is committed. @param expires `YYYY-MM-DD` */
export function acceptance(reason: string, expires: string | undefined): Acceptance {
  return { reason: createTextRedactor()(reason), ...defined({ expires }) };
}

/**
 * One entry for each secret that is not accepted, or that only the baseline accepts. An earlier entry keeps its reason and its
 * date; an expired one gets a new date.
 *
 * @param from the command that found them, unless a scan of the work tree will find them again
 */
export function entriesOf(
  findings: readonly Finding[],
  known: readonly BaselineEntry[],
  given: Acceptance,
  now: Date,
  from?: string,
): BaselineEntry[] {
  const before = new Map(known.map((entry) => [entry.secretFingerprint, entry]));
  const entries = new Map<string, BaselineEntry>();
  for (const { secretFingerprint, ruleId, artifact, suppressions } of findings) {
    if (suppressions.some(({ by }) => by !== 'baseline') || entries.has(secretFingerprint)) continue;
    const old = before.get(secretFingerprint);
    const { reason, expires } = renewed(old, given, now);
    const origin = old === undefined ? from : old.from;
    entries.set(secretFingerprint, {
      secretFingerprint,
      ruleId,
      path: artifact.uri,
      reason,
      ...(origin === undefined ? {} : { from: origin }),
      ...(expires === undefined ? {} : { expires }),
    });
  }
  return [...entries.values()];
}

function renewed(old: BaselineEntry | undefined, given: Acceptance, now: Date): Acceptance {
  if (old === undefined) return given;
  if (!hasExpired(old, now)) return old;
  return { reason: old.reason || given.reason, ...defined({ expires: given.expires }) };
}

/** An entry counts up to the end of its last day, UTC. */
export function hasExpired({ expires }: BaselineEntry, now: Date): boolean {
  return expires !== undefined && expires < now.toISOString().slice(0, 10);
}

/** Those of `entries` whose secrets no entry of `others` has. */
export function notAmong(entries: readonly BaselineEntry[], others: readonly BaselineEntry[]): BaselineEntry[] {
  const there = new Set(others.map(({ secretFingerprint }) => secretFingerprint));
  return entries.filter(({ secretFingerprint }) => !there.has(secretFingerprint));
}

/**
 * Adds entries to a baseline, in place of expired ones. Entries of secrets that it accepts already are left out.
 *
 * @returns what was added, and how many entries there are now; without anything to add the file stays as it is
 * @throws GlaiveError
 */
export async function addEntries(
  { path, known }: { readonly path: string; readonly known: readonly BaselineEntry[] },
  entries: readonly BaselineEntry[],
  now: Date,
): Promise<{ readonly added: readonly BaselineEntry[]; readonly total: number }> {
  const accepted = known.filter((entry) => !hasExpired(entry, now));
  const added = notAmong([...new Map(entries.map((entry) => [entry.secretFingerprint, entry])).values()], accepted);
  const all = [...added, ...notAmong(known, added)];
  if (added.length > 0) await writeBaseline(path, all);
  return { added, total: all.length };
}

/** Lines shown of one list: more are not read, and `glaive scan` lists all of them. */
const LISTED = 200;

const isActive = (finding: Finding | undefined): boolean => finding?.tokenStatus.state === 'active';

/** The entries of a list as a person checks them, a line each. */
export function listOf(
  entries: readonly BaselineEntry[],
  findings: readonly Finding[],
  what: (count: number) => string,
): string {
  if (entries.length === 0) return '';
  const found = new Map(findings.map((finding) => [finding.secretFingerprint, finding]));
  const lines = entries.slice(0, LISTED).map((entry) => {
    const finding = found.get(entry.secretFingerprint);
    const place = finding === undefined ? entry.path : `${entry.path}:${finding.regions[0].startLine}`;
    const status = isActive(finding) ? '  active' : '';
    const sure = finding === undefined ? '' : `  ${finding.preview}  ${finding.confidence}${status}`;
    return printable(`  ${place}  ${entry.ruleId}${sure}  ${entry.secretFingerprint.slice(0, 12)}`);
  });
  const more = entries.length > LISTED ? [`  and ${entries.length - LISTED} more`] : [];
  const active = entries.filter(({ secretFingerprint }) => isActive(found.get(secretFingerprint))).length;
  const warning =
    active === 0 ? [] : [`${active} of them ${active === 1 ? 'is' : 'are'} active: revoke first, accept later.`];
  return `${[what(entries.length), ...lines, ...more, ...warning].join('\n')}\n`;
}

/** `Added 3 findings to PATH (4 in total), removed 1 stale entry. Commit this file.` */
export function outcomeOf(path: string, added: number, removed: number, total: number): string {
  const parts = [
    `Added ${plural(added, 'finding')} to ${path} (${total} in total)`,
    ...(removed === 0 ? [] : [`removed ${removed} stale ${removed === 1 ? 'entry' : 'entries'}`]),
  ];
  return `${printable(parts.join(', '))}. Commit this file.\n`;
}

/** @throws GlaiveError */
export async function writeBaseline(path: string, entries: readonly BaselineEntry[]): Promise<void> {
  try {
    await writeWhole(path, [formatBaseline(entries)]);
  } catch (error) {
    throw new GlaiveError('output', `cannot write the baseline ${path}: ${fsErrorMessage(error)}`, {
      hint: 'The file is unchanged. Name another one: --output FILE.',
      cause: error,
    });
  }
}
