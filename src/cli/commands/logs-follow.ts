/** `glaive logs --follow FILE`: prints findings while the log is written. */

import { type Stats, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { showPath } from '../../lib/path-bytes.ts';
import { showWord } from '../../lib/show-word.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { activeFindings, type Report } from '../../model/report.ts';
import { LOG_START, type LogPosition, logTail, nextPosition } from '../../job-logs/tail.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { readDestinations, writeReports } from '../output.ts';
import { runScan, sayGaps } from '../run-scan.ts';

/** Milliseconds between two checks of the size of the file. */
const INTERVAL = 250;

/** Runs until Ctrl-C, which is not a failure: the exit code is 2 if something could not be scanned, else 1 if there are findings, else 0. */
export async function followCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [name, ...others] = args.positionals;
  if (name === undefined || name === '-' || others.length > 0)
    throw usage(args.command, '--follow takes one FILE', 'A pipe is read to its end without --follow.');
  if (!['text', 'jsonl'].includes(args.value('format') ?? 'text') || args.has('output'))
    throw usage(args.command, '--follow writes text or jsonl to standard output');
  const path = resolve(io.cwd, name);
  const uri = showPath(relative(io.cwd, path).replaceAll(sep, '/'));
  const destinations = readDestinations(args, io.cwd);
  let from = LOG_START;
  let scannedTo = 0;
  let hasFound = false;
  let seen = new Set<string>();
  const missed = new Set<string>();
  while (!io.signal.aborted) {
    const size = sizeOf(path, name);
    if (size < scannedTo) {
      // Its writer has truncated it and started again.
      from = LOG_START;
      seen = new Set();
    }
    if (size !== scannedTo) {
      const report = await scanFrom(size);
      // The scan was interrupted: text after the last one stays unscanned.
      if (report === undefined) return EXIT.interrupted;
      const fresh = report.findings.filter((finding) => {
        const key = `${finding.fingerprint} ${finding.regions[0].byteOffset}`;
        return !seen.has(key) && seen.add(key);
      });
      const gaps = report.gaps.filter(({ kind, message }) => {
        const key = `${kind} ${message}`;
        return !missed.has(key) && missed.add(key);
      });
      const news: Report = { ...report, findings: fresh, gaps };
      if (activeFindings(news).length > 0) {
        hasFound = true;
        await writeReports(news, destinations, args, io, false);
      }
      await sayGaps(news, io);
      if (gaps.some(({ kind }) => kind === 'unreadable')) return EXIT.incomplete;
      from = positionAfter(size);
      scannedTo = size;
    }
    await pause(INTERVAL, undefined, { signal: io.signal }).catch(() => {});
  }
  if (missed.size > 0) return EXIT.incomplete;
  return hasFound && !args.has('exit-zero') ? EXIT.findings : EXIT.clean;

  function positionAfter(size: number): LogPosition {
    try {
      return nextPosition(path, from, size);
    } catch (error) {
      throw cannotRead(name!, fsErrorMessage(error), error); // it was checked above
    }
  }

  async function scanFrom(size: number): Promise<Report | undefined> {
    try {
      const { report } = await runScan(args, io, {
        sources: () => [logTail(path, uri, from, size)],
        volume: 'commit',
      });
      return report;
    } catch (error) {
      if (error instanceof GlaiveError && error.code === 'interrupted') return undefined;
      throw error;
    }
  }
}

function sizeOf(path: string, name: string): number {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    throw cannotRead(name, fsErrorMessage(error), error);
  }
  if (!stats.isFile()) throw cannotRead(name, 'only a regular file can be followed');
  return stats.size;
}

function cannotRead(name: string, why: string, cause?: unknown): GlaiveError {
  return new GlaiveError('usage', `cannot read ${JSON.stringify(showWord(name))}: ${why}`, { cause });
}
