/** `glaive scan [PATH...|-]` */

import { findWorkTree } from '../../git/listing.ts';
import { openRepository } from '../../git/repository.ts';
import { printable } from '../../lib/printable.ts';
import { atLeast, type Confidence } from '../../model/confidence.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { isComplete, type Report } from '../../model/report.ts';
import type { Source } from '../../model/source.ts';
import { builtinRuleset } from '../../ruleset/builtin.ts';
import { scan } from '../../scan.ts';
import { filesSource } from '../../sources/files.ts';
import { stdinSource } from '../../sources/stdin.ts';
import { type Call, usage } from '../parse.ts';
import { readDestinations, writeReports } from '../reports.ts';

/** Looks at files, folders and standard input. */
export async function scanCommand(call: Call, io: Io): Promise<ExitCode> {
  const destinations = readDestinations(call);
  const base = findWorkTree(io.cwd);
  const report = await scan({
    command: 'scan',
    sources: openSources(call, io, base ?? io.cwd),
    ruleset: builtinRuleset(),
    minConfidence: minConfidence(call),
    strict: call.has('strict'),
    signal: scanSignal(call, io),
    clock: io.clock,
  });
  if (io.signal.aborted) throw new GlaiveError('interrupted', 'interrupted');
  const commit = base === undefined ? undefined : await (await openRepository({ cwd: base, env: io.env })).head();
  const attributed: Report = commit === undefined ? report : { ...report, commit };
  await writeReports(attributed, destinations, call, io);
  await sayGaps(attributed, io);
  return exitCode(attributed, call);
}

function openSources(call: Call, io: Io, base: string): Source[] {
  const paths = call.args.length === 0 ? ['.'] : call.args;
  const files = paths.filter((path) => path !== '-');
  return [
    ...(files.length === 0 ? [] : [filesSource({ paths: files, cwd: io.cwd, base, env: io.env })]),
    ...(paths.includes('-') ? [stdinSource(io.stdin.bytes())] : []),
  ];
}

function minConfidence(call: Call): Confidence {
  if (call.has('show-unlikely')) return 'unlikely';
  return (call.value('min-confidence') ?? 'likely') as Confidence; // parseCall has checked the choice
}

/** Ends on Ctrl-C and when the time is up. */
function scanSignal(call: Call, io: Io): AbortSignal {
  const limit = call.value('time-limit');
  if (limit === undefined) return io.signal;
  const seconds = Number(limit);
  if (!(seconds > 0 && seconds < 1e7))
    throw usage(call.command, `--time-limit must be a number of seconds, not ${JSON.stringify(limit)}`);
  const timer = new AbortController();
  setTimeout(() => timer.abort(`the time limit of ${seconds} s was reached`), seconds * 1000).unref();
  return AbortSignal.any([io.signal, timer.signal]);
}

/** Gaps are said whatever the format and however quiet: nobody may take a partial scan for a clean one. */
async function sayGaps(report: Report, io: Io): Promise<void> {
  for (const { uri, message, hint } of report.gaps) {
    await io.stderr.write(`glaive: ${printable(uri === undefined ? message : `${uri}: ${message}`)}\n`);
    if (hint !== undefined) await io.stderr.write(`  ${printable(hint)}\n`);
  }
}

function exitCode(report: Report, call: Call): ExitCode {
  if (!isComplete(report)) return EXIT.trouble;
  const floor = (call.value('fail-on') ?? 'likely') as Confidence; // parseCall has checked the choice
  const failing = report.findings.some((finding) => atLeast(finding.confidence, floor));
  return failing && !call.has('exit-zero') ? EXIT.findings : EXIT.clean;
}
