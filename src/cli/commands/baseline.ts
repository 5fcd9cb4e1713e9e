/** `glaive baseline [PATH...]`, `glaive baseline import FILE...` */

import { formatBaseline } from '../../config/baseline.ts';
import { baselinePath, readBaseline } from '../../config/baseline-file.ts';
import { findWorkTree } from '../../git/listing.ts';
import { plural } from '../../lib/amounts.ts';
import { reasonOf } from '../../lib/errno.ts';
import { writeWhole } from '../../lib/output-file.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { isComplete, type Report } from '../../model/report.ts';
import type { BaselineEntry } from '../../model/suppression.ts';
import { createSafeText } from '../../safe-text.ts';
import { type Call, shown, usage } from '../parse.ts';
import { runScan, sayGaps } from '../scanning.ts';
import { scanningOf } from './scan.ts';

/** Accepts what is known today: writes every leak that a scan finds into the baseline. */
export async function baselineCommand(call: Call, io: Io): Promise<ExitCode> {
  const named = call.value('baseline');
  const base = findWorkTree(io.cwd) ?? io.cwd;
  const path = baselinePath(call.value('output') ?? named, io.cwd, base);
  // It is committed, and nobody's reason is worth a secret.
  const fresh = { reason: createSafeText()(call.value('reason') ?? ''), ...expiry(call) };
  const known = await readBaseline(baselinePath(named, io.cwd, base), false);
  if (call.args[0] === 'import') return await importInto(path, known, fresh, call, io);
  const scanning = scanningOf(call, io);
  const { report } = await runScan(call, io, scanning, known);

  const found = entriesOf(report, known, fresh, io.clock());
  // What was not looked at may still be there.
  const keep = !scanning.everything || !isComplete(report);
  const gone = known.filter((entry) => !found.some((other) => other.secretFingerprint === entry.secretFingerprint));
  await write(path, [...found, ...(keep ? gone : [])]);
  await sayGaps(report, io);
  if (!call.has('quiet')) {
    const added = found.filter((entry) => !known.some((other) => other.secretFingerprint === entry.secretFingerprint));
    const fate = gone.length === 0 ? '' : `, ${gone.length} not found${keep ? ' and kept' : ' any more and taken out'}`;
    const text = `${plural(found.length + (keep ? gone.length : 0), 'leak')} accepted in ${path}: ${added.length} new${fate}`;
    await io.stdout.write(`${printable(text)}\n`);
  }
  return isComplete(report) ? EXIT.clean : EXIT.trouble;
}

/** Adds what other tools were told to accept; nothing is taken out. */
async function importInto(
  path: string,
  known: readonly BaselineEntry[],
  fresh: Accepted,
  call: Call,
  io: Io,
): Promise<ExitCode> {
  const { importFindings } = await import('./baseline-import.ts');
  const { findings, gaps } = await importFindings(call.args.slice(1), call, io);
  const found = entriesOf({ findings }, known, fresh, io.clock());
  const others = known.filter((entry) => !found.some((other) => other.secretFingerprint === entry.secretFingerprint));
  await write(path, [...found, ...others]);
  await sayGaps({ gaps }, io);
  if (!call.has('quiet')) {
    const before = known.length;
    const added = found.length + others.length - before;
    await io.stdout.write(
      `${printable(`${plural(added, 'leak')} taken over into ${path}; ${before} were there before`)}\n`,
    );
  }
  return gaps.length > 0 ? EXIT.trouble : EXIT.clean;
}

interface Accepted {
  readonly reason: string;
  readonly expires?: string;
}

function expiry(call: Call): { expires?: string } {
  const expires = call.value('expires');
  if (expires === undefined) return {};
  if (!/^\d{4}-\d\d-\d\d$/.test(expires) || Number.isNaN(Date.parse(expires))) {
    throw usage(call.command, `--expires must be a date like 2027-01-31, not ${shown(expires)}`);
  }
  return { expires };
}

/** One entry for each secret that counts, or that the baseline alone accepts. */
function entriesOf(
  report: Pick<Report, 'findings'>,
  known: readonly BaselineEntry[],
  fresh: Accepted,
  now: Date,
): BaselineEntry[] {
  const today = now.toISOString().slice(0, 10);
  const before = new Map(known.map((entry) => [entry.secretFingerprint, entry]));
  const entries = new Map<string, BaselineEntry>();
  for (const { secretFingerprint, ruleId, artifact, suppressions } of report.findings) {
    if (suppressions.some(({ by }) => by !== 'baseline') || entries.has(secretFingerprint)) continue;
    const old = before.get(secretFingerprint);
    const hasExpired = old?.expires !== undefined && old.expires < today;
    // What somebody has accepted stays as it is: a reason or a date given now is for what is accepted now.
    const { reason, expires } =
      old === undefined ? fresh : hasExpired ? { reason: old.reason || fresh.reason, expires: fresh.expires } : old;
    entries.set(secretFingerprint, {
      secretFingerprint,
      ruleId,
      path: artifact.uri,
      reason,
      ...(expires === undefined ? {} : { expires }),
    });
  }
  return [...entries.values()];
}

async function write(path: string, entries: readonly BaselineEntry[]): Promise<void> {
  try {
    await writeWhole(path, [formatBaseline(entries)]);
  } catch (error) {
    throw new GlaiveError('output', `cannot write the baseline ${path}: ${reasonOf(error)}`, {
      hint: 'What was there before is there still. Name another file: --output FILE.',
      cause: error,
    });
  }
}
