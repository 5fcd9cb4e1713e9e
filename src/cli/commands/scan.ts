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
import { type Call, shown, usage } from '../parse.ts';
import { readDestinations, writeReports } from '../reports.ts';

/** Looks at files, folders and standard input. */
export async function scanCommand(call: Call, io: Io): Promise<ExitCode> {
  const destinations = readDestinations(call, io.cwd);
  const base = findWorkTree(io.cwd);
  const signal = scanSignal(call, io);
  const head = base === undefined ? undefined : findHead(base, io, signal);
  const report = await scan({
    command: 'scan',
    sources: openSources(call, io, base ?? io.cwd, signal),
    ruleset: builtinRuleset(),
    minConfidence: minConfidence(call),
    strict: call.has('strict'),
    signal,
    clock: io.clock,
  });
  if (io.signal.aborted) throw new GlaiveError('interrupted', 'interrupted');
  const commit = await head;
  const attributed: Report = commit === undefined ? report : { ...report, commit };
  try {
    await writeReports(attributed, destinations, call, io);
  } finally {
    await sayGaps(attributed, io);
  }
  return exitCode(attributed, call);
}

/** The commit that reports name; a repository that cannot tell it is none the worse for it. */
async function findHead(cwd: string, { env }: Io, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await (await openRepository({ cwd, env, signal })).head();
  } catch {
    return undefined;
  }
}

function openSources(call: Call, io: Io, base: string, signal: AbortSignal): Source[] {
  const paths = call.args.length === 0 ? ['.'] : call.args;
  const files = paths.filter((path) => path !== '-');
  return [
    ...(files.length === 0 ? [] : [filesSource({ paths: files, cwd: io.cwd, base, env: io.env, signal })]),
    ...(paths.includes('-') ? [stdinSource(io.stdin.bytes(), signal)] : []),
  ];
}

function minConfidence(call: Call): Confidence {
  const level = call.value('min-confidence');
  if (call.has('show-unlikely')) {
    if (level !== undefined) throw usage(call.command, '--show-unlikely and --min-confidence say two things');
    return 'unlikely';
  }
  return (level ?? 'likely') as Confidence; // parseCall has checked the choice
}

/** 24 days; Node takes what is longer for no time at all. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Ends on Ctrl-C and when the time is up. */
function scanSignal(call: Call, io: Io): AbortSignal {
  const limit = call.value('time-limit');
  if (limit === undefined) return io.signal;
  const seconds = Number(limit);
  if (!(seconds > 0 && seconds < 1e7))
    throw usage(call.command, `--time-limit must be a number of seconds, not ${JSON.stringify(shown(limit))}`);
  const timer = new AbortController();
  setTimeout(
    () => timer.abort(`the time limit of ${seconds} s was reached`),
    Math.min(seconds * 1000, LONGEST_TIMER),
  ).unref();
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
