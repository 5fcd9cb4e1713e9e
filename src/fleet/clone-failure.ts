/** Why a repository could not be cloned: what git, the server or the disk has said, as one of a few outcomes. */

import { GitError } from '../git/git-error.ts';
import { RemoteError } from '../git/remote.ts';
import { cut } from '../lib/cut.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { printable } from '../lib/printable.ts';

export interface NotCloned {
  readonly outcome: 'no-access' | 'gone' | 'moved' | 'timeout' | 'disk-full' | 'error';
  /** For people: bounded, printable, without the token. */
  readonly reason: string;
  /** The status of HTTP, if the server has answered with one. */
  readonly status?: number;
  /** Where the server says that the repository is now. It was not asked there. */
  readonly movedTo?: string;
  /** Whether another try may end in another way. */
  readonly isTransient: boolean;
}

/**
 * Whether the server refuses glaive's token itself: every other repository of this server would fail too, so that all of them should
 * wait for a new token.
 */
export function isTokenRefused(result: { readonly outcome: string; readonly status?: number }): boolean {
  return result.outcome === 'no-access' && result.status === 401;
}

/** Whether the server asks for a pause: too many requests, or it is not available at the moment. */
export function isServerBusy({ status }: { readonly outcome: string; readonly status?: number }): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** Characters of a reason. */
const REASON_MAX = 300;

/** @param error of git or of the file system @param secret never in the reason @throws `error` if it is of another kind: git is missing, or a bug */
export function failureOf(error: unknown, secret: string | undefined): NotCloned {
  if (error instanceof RemoteError) return ofRemote(error, secret);
  if (error instanceof GitError && error.reason !== 'missing')
    return failed(error.message, secret, error.reason === 'unstarted');
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return DISK_FULL;
  if (code?.startsWith('E') === true) return failed(fsErrorMessage(error), secret);
  throw error;
}

export const DISK_FULL: NotCloned = {
  outcome: 'disk-full',
  reason: 'the disk of the store has too little free space',
  isTransient: true,
};

function failed(message: string, secret: string | undefined, isTransient = false): NotCloned {
  return { outcome: 'error', reason: bounded(message, secret), isTransient };
}

/** Text of strangers, fit to be shown and kept. */
export function bounded(text: string, secret: string | undefined): string {
  const known =
    secret === undefined || secret === '' ? [] : [secret, Buffer.from(`oauth2:${secret}`).toString('base64')];
  const line = known.reduce((rest, each) => rest.replaceAll(each, '***'), text);
  return cut(printable(line.split('\n', 1)[0]!), REASON_MAX); // there is a first line
}

function ofRemote({ text, message }: RemoteError, secret: string | undefined): NotCloned {
  // Lines of the server begin with `remote: `.
  const status = statusIn(text);
  if (status !== undefined) return ofStatus(status, secret !== undefined);
  for (const { pattern, result } of KNOWN) if (pattern.test(text)) return result;
  const isTransient =
    /^(?:fatal|error): (?:unable to access |RPC failed|early EOF|the remote end hung up|fetch-pack: |.*unexpected disconnect|git was killed)/m;
  return failed(message.replace(/^(?:fatal|error): /, ''), secret, isTransient.test(text));
}

function statusIn(text: string): number | undefined {
  const [, status] = /^(?:fatal|error): .*\bThe requested URL returned error: (\d{3})\b/m.exec(text) ?? [];
  if (status !== undefined) return Number(status);
  if (/^fatal: (?:Authentication failed for |could not read (?:Username|Password) for )/m.test(text)) return 401;
  if (/^fatal: repository '.*' not found$/m.test(text)) return 404;
  return undefined;
}

function ofStatus(status: number, hasToken: boolean): NotCloned {
  const result = (outcome: NotCloned['outcome'], reason: string, isTransient = false): NotCloned => ({
    outcome,
    reason: `${reason} (${status})`,
    status,
    isTransient,
  });
  if (status === 401)
    return result(
      'no-access',
      hasToken ? 'the server refuses the token' : 'the server asks for a token, and glaive has no token for it',
    );
  if (status === 403) return result('no-access', 'the server refuses to show the repository');
  if (status === 404 || status === 410) return result('gone', 'the server does not have the repository, or hides it');
  if (status >= 300 && status < 400) return result('moved', 'the server redirects, which is not followed');
  if (status === 429) return result('error', 'the server asks for fewer requests', true);
  return result('error', 'the server fails', status >= 500);
}

/** What git, curl and ssh say without a status. */
const KNOWN: readonly { readonly pattern: RegExp; readonly result: NotCloned }[] = [
  { pattern: /^(?:fatal|error): .*(?:No space left on device|Disk quota exceeded)/m, result: DISK_FULL },
  {
    pattern: /^(?:fatal|error): .*(?:Operation too slow|timed out)|^ssh: .*timed out|^Timeout, server /m,
    result: { outcome: 'timeout', reason: 'the server was silent for too long', isTransient: true },
  },
  {
    pattern: /^(?:\S+: )?Permission denied \(/m,
    result: { outcome: 'no-access', reason: 'ssh has no key that the server accepts', isTransient: false },
  },
  {
    pattern: /^Host key verification failed/m,
    result: { outcome: 'error', reason: 'ssh does not know the key of the server', isTransient: false },
  },
  {
    pattern: /does not appear to be a git repository|The project you were looking for could not be found/,
    result: { outcome: 'gone', reason: 'there is no repository at the address', isTransient: false },
  },
];
