/**
 * `glaive hook run pre-receive`: on the server, before a push is let in. Nothing that the push brings has a say here: the
 * configuration is the administrator's. The objects are in quarantine, and git's own variables lead to them.
 */

import { resolve } from 'node:path';
import { FETCH_ALL } from '../../git/git-error.ts';
import { parsePreReceive, type RefUpdate, tipsOf } from '../../hooks/ref-updates.ts';
import { plural } from '../../lib/format-amounts.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { appendWhole } from '../../lib/output-file.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { activeFindings, isComplete, type Report } from '../../model/report.ts';
import { ruleLookup } from '../../report/messages.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { rangeSource } from '../../range/range.ts';
import { argsFor, type ParsedArgs } from '../args/parse.ts';
import { failingFindings } from '../exit-code.ts';
import { scanUntilStopped } from '../scan-setup.ts';
import { readHookInput } from './hook-push.ts';

/** GitLab shows lines with it to whoever pushes (doc/administration/server_hooks.md). */
const PREFIX = 'GL-HOOK-ERR: ';
/** Rails gives a push 50 seconds for all of its checks. */
const TIME_LIMIT = 10;
/** More fit no screen. */
const LISTED = 8;

/** An event of the audit log. */
const NOT_WHOLE = 'rejected, not looked at whole';

/** Rejects what holds a credential, and, unless told otherwise, what could not be looked at. */
export async function receiveHook(call: ParsedArgs, io: Io): Promise<ExitCode> {
  try {
    return await receive(call, io);
  } catch (error) {
    if (!(error instanceof GlaiveError)) throw error;
    const safe = createTextRedactor();
    const lines = [
      `glaive cannot check this push: ${error.message}`,
      ...(error.hint === undefined ? [] : [`  ${error.hint}`]),
    ];
    await say(io, [...lines.map(safe), 'Tell the administrator of this server.']);
    return EXIT.trouble;
  }
}

async function say(io: Io, lines: readonly string[]): Promise<void> {
  await io.stderr.write(lines.map((line) => `${PREFIX}${printable(line)}\n`).join(''));
}

async function receive(call: ParsedArgs, io: Io): Promise<ExitCode> {
  const updates = parsePreReceive(await readHookInput(io));
  const brought = tipsOf(updates);
  if (brought.length === 0) return EXIT.clean;

  const skip = skipReason(io);
  if (skip !== undefined) {
    if (call.has('allow-skip') && skip.trim() !== '') {
      audit('skipped', updates, { reason: skip }, call, io);
      await io.stderr.write('glaive: skipped, and written down with your name\n');
      return EXIT.clean;
    }
    await say(io, [
      call.has('allow-skip')
        ? 'glaive.skip names no reason, so nothing is skipped: git push -o glaive.skip="reason"'
        : 'This server does not let glaive be skipped.',
    ]);
  }

  const options = { cwd: io.cwd, env: io.env };
  const { report, config } = await scanUntilStopped(scanCall(call), io, {
    sources: ({ signal, excludes, uncounted }) => [
      rangeSource({
        ...options,
        tips: brought,
        exclude: [],
        excludeRefs: ['--all'],
        signal,
        excludes,
        uncounted,
        deepenHint: 'Push from a clone that has the whole history.',
        fetchHint: FETCH_ALL,
      }),
    ],
    everything: false,
    threads: false,
    silentWhenClean: true,
    namesHead: false,
    administrated: { inlineAllow: call.has('inline-allow') },
  }).catch((error: unknown) => {
    // Before the scan had begun; the decision is written down all the same.
    const gaps = ['the check was interrupted before anything was scanned'];
    if (io.signal.aborted) audit(NOT_WHOLE, updates, { gaps }, call, io);
    throw error;
  });
  // --fail-open is for what could not be scanned, not for a check that was ended by a signal.
  if (io.signal.aborted) return await rejectInterrupted(report, updates, call, io);
  const findings = failingFindings(report, config.failOn);
  if (findings.length > 0) {
    const entries = findings.map(auditEntry);
    if (isComplete(report)) audit('rejected', updates, { findings: entries }, call, io);
    else audit(NOT_WHOLE, updates, { findings: entries, gaps: gapLines(report) }, call, io);
    await say(io, rejection(report, findings, call));
    return EXIT.findings;
  }
  const others = activeFindings(report);
  const accepted = call.has('fail-open');
  const found = others.length === 0 ? {} : { findings: others.map(auditEntry) };
  if (others.length > 0) {
    // What was not scanned decides on its own, and is one line with it.
    if (isComplete(report)) audit('let in below fail_on', updates, found, call, io);
    const lines = [
      `glaive: for ${plural(others.length, 'finding')} this server does not reject a push (fail_on):`,
      ...listed(others, report),
    ];
    await io.stderr.write(lines.map((line) => `${printable(line)}\n`).join(''));
  }
  if (isComplete(report)) return EXIT.clean;
  const gaps = gapLines(report);
  // What is wrong with git here, only the administrator can mend.
  const hints = new Set(report.gaps.flatMap(({ kind, hint }) => (kind === 'git' && hint !== undefined ? [hint] : [])));
  audit(accepted ? 'let in, not looked at whole' : NOT_WHOLE, updates, { ...found, gaps }, call, io);
  await say(io, [
    accepted
      ? 'glaive could not look at everything; the push is let in.'
      : 'The push was rejected, because glaive could not look at everything:',
    ...[...gaps, ...hints].map((line) => `  ${line}`),
    ...(accepted ? [] : [isCutShort(report) ? LESS_AT_ONCE : 'Ask the administrator of this server.']),
  ]);
  return accepted ? EXIT.clean : EXIT.trouble;
}

/** What was found is listed, whatever `fail_on` and `--fail-open` say of it: the check did not come to its end. */
async function rejectInterrupted(
  report: Report,
  updates: readonly RefUpdate[],
  call: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  const findings = activeFindings(report);
  const gaps = gapLines(report);
  const found = findings.length === 0 ? {} : { findings: findings.map(auditEntry) };
  audit(NOT_WHOLE, updates, { ...found, gaps }, call, io);
  const lines = [
    'The push was rejected, because glaive was ended before it had scanned everything:',
    ...gaps.map((line) => `  ${line}`),
    'Push again.',
  ];
  await say(io, findings.length === 0 ? lines : rejection(report, findings, call));
  return EXIT.trouble;
}

const LESS_AT_ONCE =
  'Push fewer commits at once. For an import the administrator of this server can allow more time: --time-limit SECONDS.';

function isCutShort({ gaps }: Report): boolean {
  return gaps.some(({ kind }) => kind === 'time-limit');
}

/** What was not scanned, a line for each of the first. */
function gapLines({ gaps }: Report): string[] {
  const lines = gaps.slice(0, LISTED).map(({ uri, message }) => (uri === undefined ? message : `${uri}: ${message}`));
  return gaps.length > LISTED ? [...lines, `and ${gaps.length - LISTED} more`] : lines;
}

/** The scan's own call, with what the administrator has said of it. */
function scanCall(call: ParsedArgs): ParsedArgs {
  return argsFor('diff', [], {
    quiet: true,
    'time-limit': call.value('time-limit') ?? TIME_LIMIT,
    config: call.value('config'),
    baseline: call.value('baseline'),
  });
}

/** `git push -o glaive.skip="reason"`: empty where there is the option and no reason. */
function skipReason({ env }: Io): string | undefined {
  const count = Number(env['GIT_PUSH_OPTION_COUNT'] ?? 0);
  for (let index = 0; index < count; index++) {
    const [, reason] = /^glaive\.skip(?:=(.*))?$/s.exec(env[`GIT_PUSH_OPTION_${index}`] ?? '') ?? [];
    if (reason !== undefined) return reason;
    if (env[`GIT_PUSH_OPTION_${index}`] === 'glaive.skip') return '';
  }
  return undefined;
}

/** A line for each finding, of the first of them. */
function listed(findings: readonly Finding[], report: Report): string[] {
  const ruleOf = ruleLookup(report);
  const lines = findings.slice(0, LISTED).map((finding) => {
    const { commit, uri, startLine } = finding.introduction ?? {
      commit: finding.artifact.commit,
      uri: finding.artifact.uri,
      startLine: finding.regions[0].startLine,
    };
    const where = commit === undefined ? '' : `commit ${commit.slice(0, 12)}  `;
    const gone = finding.removedLater === true ? ', taken away again later' : '';
    return `  ${where}${uri}:${startLine}  ${ruleOf(finding).name} (${finding.confidence}${gone})`;
  });
  const more = findings.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function rejection(report: Report, findings: readonly Finding[], call: ParsedArgs): string[] {
  return [
    isComplete(report)
      ? `The push was rejected: it holds ${plural(findings.length, 'credential')}.`
      : `The push was rejected: ${plural(findings.length, 'credential')} found, and not everything was scanned, so there may be more:`,
    ...(isComplete(report) ? [] : gapLines(report).map((line) => `  ${line}`)),
    ...(isCutShort(report) ? [LESS_AT_ONCE] : []),
    ...listed(findings, report),
    'What now:',
    '  1. If it has been anywhere but on your machine, revoke or rotate it first.',
    '  2. Take it out of every commit that has it, not only of the last: git rebase -i, or git commit --amend.',
    '  3. Push again. glaive diff shows the same before you push.',
    call.has('allow-skip')
      ? 'A false alarm? git push -o glaive.skip="reason" lets it in, and is written down.'
      : 'A false alarm? Ask the administrator of this server to accept it.',
  ];
}

function auditEntry({ ruleId, secretFingerprint, artifact, introduction }: Finding): object {
  return { ruleId, secretFingerprint, uri: artifact.uri, commit: introduction?.commit ?? artifact.commit };
}

/** One line of JSON for each decision, for whoever runs the server. Holds no secret. */
function audit(event: string, updates: readonly RefUpdate[], more: object, call: ParsedArgs, io: Io): void {
  const path = call.value('audit-log');
  if (path === undefined) return;
  const {
    GL_ID: id,
    GL_USERNAME: user,
    GL_PROJECT_PATH: project,
    GL_REPOSITORY: repository,
    GL_PROTOCOL: protocol,
  } = io.env;
  const line = {
    time: io.clock().toISOString(),
    event,
    user: user ?? io.env['USER'],
    id,
    project,
    repository,
    protocol,
    updates,
    ...more,
  };
  try {
    // Names of refs and reasons are strangers' text.
    appendWhole(resolve(io.cwd, path), `${createTextRedactor()(JSON.stringify(line))}\n`, 0o600);
  } catch (error) {
    throw new GlaiveError('output', `cannot write the audit log ${path}: ${fsErrorMessage(error)}`, {
      hint: 'The push is rejected: what is decided must be written down. Mend the path given to --audit-log.',
      cause: error,
    });
  }
}
