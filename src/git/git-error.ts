/** Errors of git, with a hint on the way out: the same for every command. */

import { shellQuote } from '../lib/shell-quote.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Gap } from '../model/gap.ts';

/**
 * `missing`: git was not found; `unstarted`: it could not be started; `partial`: a partial clone lacks an object; `stopped`:
 * the signal that ends git has fired; `ended`: something else ended git; `failed`: git ended with an error.
 */
export type GitReason = 'missing' | 'unstarted' | 'partial' | 'stopped' | 'ended' | 'failed';

/** A failure of git. The message may quote the repository: redact it before showing it. */
export class GitError extends GlaiveError {
  readonly reason: GitReason;
  /** The exit code, if git ended with an error. */
  readonly exitCode: number | undefined;

  constructor(
    reason: GitReason,
    message: string,
    options: { hint?: string | undefined; cause?: unknown; exitCode?: number } = {},
  ) {
    const { hint, cause, exitCode } = options;
    super('git', message, { cause, ...(hint === undefined ? {} : { hint }) });
    this.name = 'GitError';
    this.reason = reason;
    this.exitCode = exitCode;
  }
}

/** Whether an error only means that the signal has fired, which is reported once, where it was fired. */
export function isStop(error: unknown): boolean {
  return error instanceof GitError && error.reason === 'stopped';
}

/** @throws GitError when the signal has fired */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new GitError('stopped', 'git was stopped');
}

/** The message and the way out for a user. @param failed what could not be done @param hint for errors without one of their own */
export function explainGitError(
  error: GitError,
  failed: string,
  hint: string,
): { readonly message: string; readonly hint: string } {
  const isAnswer = error.reason === 'failed' || error.reason === 'partial' || error.reason === 'ended';
  return { message: isAnswer ? `${failed}: ${error.message}` : error.message, hint: error.hint ?? hint };
}

/** The gap that an error of git leaves. @param where.uri what git could not read @param where.failed what git could not do */
export function gapFromGit(error: GitError, where: { readonly uri?: string; readonly failed?: string } = {}): Gap {
  const { uri, failed = 'git could not read it' } = where;
  const explained = explainGitError(error, failed, 'Check the repository for damage: git fsck');
  const isPassing = error.reason === 'ended' || error.reason === 'unstarted';
  return {
    kind: 'git',
    ...(uri === undefined ? {} : { uri }),
    ...explained,
    ...(isPassing ? { isPassing: true as const } : {}),
  };
}

export function gitMissing(): GitError {
  return new GitError('missing', 'git was not found', {
    hint: 'Install git, or put its folder on the PATH, where only absolute folders count.',
  });
}

const START_ERRORS: Readonly<Record<string, string>> = {
  E2BIG: 'the environment is too large',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EAGAIN: 'too many processes are running',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOMEM: 'there is not enough memory',
  // Git itself was found just before.
  ENOENT: 'the current folder is gone, or a program that it needs',
};

export function startError(error: NodeJS.ErrnoException): GitError {
  const why = START_ERRORS[error.code ?? ''] ?? error.code ?? error.message;
  const hint = /^(?:EMFILE|ENFILE|EAGAIN)$/.test(error.code ?? '')
    ? 'Raise the limit (ulimit -n, ulimit -u), or end what uses it up.'
    : 'Does git --version work here, for this user?';
  return new GitError('unstarted', `git could not be started: ${why}`, { hint, cause: error });
}

/** @param how the exit code, or the signal that ended git @param stderr git's standard error */
export function endError(how: number | string | null, stderr: Buffer): GitError {
  if (typeof how !== 'number') return new GitError('ended', `git was ended by ${how}`);
  const text = stderr.toString('utf8');
  for (const { pattern, reason, message, hint } of KNOWN) {
    const match = pattern.exec(text);
    if (match !== null) return new GitError(reason, message(match), { hint: hint(match) });
  }
  return new GitError('failed', relevantLine(text) || `exit ${how}`, { exitCode: how });
}

/** The hint for all partial clones. */
export const FETCH_ALL = 'Fetch the missing objects: git fetch --refetch --no-filter';

const KNOWN: readonly {
  readonly pattern: RegExp;
  readonly reason: GitReason;
  readonly message: (match: RegExpExecArray) => string;
  readonly hint: (match: RegExpExecArray) => string;
}[] = [
  {
    pattern: /^.*(?:detected dubious ownership in repository at|unsafe repository) \(?'(.*)'/m,
    reason: 'failed',
    message: (match) => `the repository belongs to another user: ${withoutKind(match[0])}`,
    hint: (match) => `Tell git that you trust it: git config --global --add safe.directory ${quoted(match[1]!)}`,
  },
  {
    pattern: /^.*cannot use bare repository '(.*)' \(safe\.bareRepository is .*/m,
    reason: 'failed',
    message: (match) => withoutKind(match[0]),
    hint: (match) => `Name it for this call: GIT_DIR=${quoted(match[1]!)} glaive ...`,
  },
  {
    pattern: /^(?:fatal|error): unable to access '.*': Permission denied$/m,
    reason: 'failed',
    message: (match) => withoutKind(match[0]),
    hint: () => 'Set HOME (and XDG_CONFIG_HOME) to a folder that this user may read.',
  },
  {
    pattern: /lazy fetching disabled|could not fetch [0-9a-f]+ from promisor remote|transport '.*' not allowed/,
    reason: 'partial',
    message: () => 'this is a partial clone, and does not have every object that is needed',
    hint: () => FETCH_ALL,
  },
];

/** The most informative line: git writes warnings before the error. */
function relevantLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find(isFailure) ?? lines.find((line) => !/^(?:warning|hint): /.test(line)) ?? lines[0] ?? '';
}

/** Whether a line reports a failure; other lines on standard error (warnings, traces) are noise. */
export function isFailure(line: string): boolean {
  return /^(?:error|fatal|BUG): /.test(line);
}

function withoutKind(line: string): string {
  return line.replace(/^(?:error|fatal|warning): /, '');
}

/** Quotes an argument for a shell, if necessary. */
function quoted(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : shellQuote(text);
}
