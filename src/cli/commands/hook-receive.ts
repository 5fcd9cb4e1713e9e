/**
 * `glaive hook run pre-receive`: on the server, before a push is accepted. Only the configuration of the administrator applies,
 * and no file of the push. The pushed objects are in quarantine; the variables that git sets lead to them.
 */

import { resolve } from 'node:path';
import { FETCH_ALL } from '../../git/git-error.ts';
import { auditEntry, type PushAudit, recordPush } from '../../hooks/push-audit.ts';
import { parsePreReceive, type RefUpdate, tipsOf } from '../../hooks/ref-updates.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { activeFindings, isComplete, type Report } from '../../model/report.ts';
import { blockMessage } from '../../report/block-message.ts';
import { ruleLookup } from '../../report/lookups.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { rangeSource } from '../../range/range.ts';
import { argsFor, type ParsedArgs } from '../args/parse.ts';
import { failingFindings } from '../exit-code.ts';
import { scanUntilStopped } from '../run-scan.ts';
import { readHookInput } from './hook-push.ts';

/** GitLab shows lines with this prefix to the user who pushes (doc/administration/server_hooks.md). */
const PREFIX = 'GL-HOOK-ERR: ';
/** Seconds. GitLab gives a push 50 seconds for all of its checks. */
const TIME_LIMIT = 10;
/** Findings and gaps in a message: as many as a screen shows. */
const LISTED = 8;

/** Events of the audit log. */
const EVENTS = {
  skipped: 'skipped',
  rejected: 'rejected',
  rejectedIncomplete: 'rejected, scan incomplete',
  acceptedIncomplete: 'accepted, scan incomplete',
  acceptedBelow: 'accepted below fail_on',
} as const;

/** Rejects a push with a credential, and, without --fail-open, one that could not be scanned completely. */
export async function receiveHook(args: ParsedArgs, io: Io): Promise<ExitCode> {
  try {
    return await receive(args, io);
  } catch (error) {
    if (!(error instanceof GlaiveError)) throw error;
    const safe = createTextRedactor();
    const lines = [
      `glaive cannot check this push: ${error.message}`,
      ...(error.hint === undefined ? [] : [`  ${error.hint}`]),
    ];
    await say(io, [...lines.map(safe), 'Please tell the administrator of this server.']);
    return EXIT.incomplete;
  }
}

async function say(io: Io, lines: readonly string[]): Promise<void> {
  await io.stderr.write(lines.map((line) => `${PREFIX}${printable(line)}\n`).join(''));
}

async function receive(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const named = args.value('audit-log');
  const path = named === undefined ? undefined : resolve(io.cwd, named);
  const log: PushAudit = { path, env: io.env, clock: io.clock, redact: createTextRedactor() };
  const updates = parsePreReceive(await readHookInput(io));
  const tips = tipsOf(updates);
  if (tips.length === 0) return EXIT.clean;

  const skip = skipReason(io);
  if (skip !== undefined) {
    if (args.has('allow-skip') && skip.trim() !== '') {
      recordPush(log, EVENTS.skipped, updates, { reason: skip });
      await io.stderr.write('glaive: skipped, and recorded in the audit log\n');
      return EXIT.clean;
    }
    await say(io, [
      args.has('allow-skip')
        ? 'glaive.skip has no reason, so nothing is skipped: git push -o glaive.skip="reason"'
        : 'This server does not allow skipping glaive.',
    ]);
  }

  const options = { cwd: io.cwd, env: io.env };
  const { report, config } = await scanUntilStopped(scanArgs(args), io, {
    sources: ({ signal, exclusions: { excludes, previouslyExcluded } }) => [
      rangeSource({
        ...options,
        tips,
        exclude: [],
        excludeRefs: ['--all'],
        signal,
        excludes,
        previouslyExcluded,
        deepenHint: 'Push from a clone that has the whole history.',
        fetchHint: FETCH_ALL,
      }),
    ],
    volume: 'commit',
    silentWhenClean: true,
    administered: { inlineAllow: args.has('inline-allow') },
  }).catch((error: unknown) => {
    // Interrupted before the scan began: the rejection is recorded too.
    const gaps = ['the check was interrupted before anything was scanned'];
    if (io.signal.aborted) recordPush(log, EVENTS.rejectedIncomplete, updates, { gaps });
    throw error;
  });
  // --fail-open is for content that could not be scanned, not for a check that a signal stopped.
  if (io.signal.aborted) return await rejectInterrupted(report, updates, log, args, io);
  const findings = failingFindings(report, config.failOn);
  if (findings.length > 0) {
    const entries = findings.map(auditEntry);
    if (isComplete(report)) recordPush(log, EVENTS.rejected, updates, { findings: entries });
    else recordPush(log, EVENTS.rejectedIncomplete, updates, { findings: entries, gaps: gapLines(report) });
    await say(io, rejection(report, findings, args));
    return EXIT.findings;
  }
  const others = activeFindings(report);
  const accepted = args.has('fail-open');
  const found = others.length === 0 ? {} : { findings: others.map(auditEntry) };
  if (others.length > 0) {
    // Gaps are decided on below, and share one line of the log with these findings.
    if (isComplete(report)) recordPush(log, EVENTS.acceptedBelow, updates, found);
    const lines = [
      `glaive: ${plural(others.length, 'finding')} below the fail_on of this server; the push is not rejected for them:`,
      ...listed(others, report),
    ];
    await io.stderr.write(lines.map((line) => `${printable(line)}\n`).join(''));
  }
  if (isComplete(report)) return EXIT.clean;
  const gaps = gapLines(report);
  // Problems of git on the server are for its administrator.
  const hints = new Set(report.gaps.flatMap(({ kind, hint }) => (kind === 'git' && hint !== undefined ? [hint] : [])));
  recordPush(log, accepted ? EVENTS.acceptedIncomplete : EVENTS.rejectedIncomplete, updates, { ...found, gaps });
  await say(io, [
    accepted
      ? 'glaive could not scan everything; the push is accepted.'
      : 'The push was rejected, because glaive could not scan everything:',
    ...[...gaps, ...hints].map((line) => `  ${line}`),
    ...(accepted ? [] : [isCutShort(report) ? LESS_AT_ONCE : 'Ask the administrator of this server.']),
  ]);
  return accepted ? EXIT.clean : EXIT.incomplete;
}

/** Lists all findings, whatever `fail_on` and `--fail-open` say: the check was not finished. */
async function rejectInterrupted(
  report: Report,
  updates: readonly RefUpdate[],
  log: PushAudit,
  args: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  const findings = activeFindings(report);
  const gaps = gapLines(report);
  const found = findings.length === 0 ? {} : { findings: findings.map(auditEntry) };
  recordPush(log, EVENTS.rejectedIncomplete, updates, { ...found, gaps });
  const lines = [
    'The push was rejected, because glaive was stopped before it had scanned everything:',
    ...gaps.map((line) => `  ${line}`),
    'Push again.',
  ];
  await say(io, findings.length === 0 ? lines : rejection(report, findings, args));
  return EXIT.incomplete;
}

const LESS_AT_ONCE =
  'Push fewer commits at once. For an import the administrator of this server can allow more time: --time-limit SECONDS.';

function isCutShort({ gaps }: Report): boolean {
  return gaps.some(({ kind }) => kind === 'time-limit');
}

/** The first gaps, a line each. */
function gapLines({ gaps }: Report): string[] {
  const lines = gaps.slice(0, LISTED).map(({ uri, message }) => (uri === undefined ? message : `${uri}: ${message}`));
  return gaps.length > LISTED ? [...lines, `and ${gaps.length - LISTED} more`] : lines;
}

/** The arguments of the scan, from those of the hook. */
function scanArgs(args: ParsedArgs): ParsedArgs {
  return argsFor('diff', [], {
    quiet: true,
    'time-limit': args.value('time-limit') ?? TIME_LIMIT,
    config: args.value('config'),
    baseline: args.value('baseline'),
  });
}

/** The reason in `git push -o glaive.skip="reason"`; empty where the option has none, undefined without the option. */
function skipReason({ env }: Io): string | undefined {
  const count = Number(env['GIT_PUSH_OPTION_COUNT'] ?? 0);
  for (let index = 0; index < count; index++) {
    const [, reason] = /^glaive\.skip(?:=(.*))?$/s.exec(env[`GIT_PUSH_OPTION_${index}`] ?? '') ?? [];
    if (reason !== undefined) return reason;
    if (env[`GIT_PUSH_OPTION_${index}`] === 'glaive.skip') return '';
  }
  return undefined;
}

/** The first findings, a line each. */
function listed(findings: readonly Finding[], report: Report): string[] {
  const ruleOf = ruleLookup(report);
  const lines = findings.slice(0, LISTED).map((finding) => {
    const { commit, uri, startLine } = finding.introduction ?? {
      commit: finding.artifact.commit,
      uri: finding.artifact.uri,
      startLine: finding.regions[0].startLine,
    };
    const where = commit === undefined ? '' : `commit ${commit.slice(0, 12)}  `;
    const gone = finding.removedLater === true ? ', removed later' : '';
    return `  ${where}${uri}:${startLine}  ${ruleOf(finding).name} (${finding.confidence}${gone})`;
  });
  const more = findings.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

/** As GitLab shows it: its web interface does not wrap. */
const WIDTH = 80 - PREFIX.length;

function rejection(report: Report, findings: readonly Finding[], args: ParsedArgs): string[] {
  return blockMessage(report, {
    moment: 'pre-receive',
    findings,
    width: WIDTH,
    allowsSkip: args.has('allow-skip'),
    hints: isCutShort(report) ? [LESS_AT_ONCE] : [],
  });
}
