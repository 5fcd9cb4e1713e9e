/**
 * The one place that starts git.
 *
 * A repository is a stranger: its configuration can name programs that git runs for harmless questions. Every call
 * switches those off. No shell is ever involved.
 */

import { spawn } from 'node:child_process';

/** Options that take a repository's power to run programs away. */
export const HARDENING: readonly string[] = [
  '--no-optional-locks',
  '--no-pager',
  '--no-replace-objects',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.quotePath=false',
];

export interface GitOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Git did not do what it was asked for. The message is git's own and may quote the repository: redact it before showing. */
export class GitError extends Error {
  /** `missing`: there is no git; `failed`: git ended with an error. */
  readonly reason: 'missing' | 'failed';

  constructor(reason: 'missing' | 'failed', message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'GitError';
    this.reason = reason;
  }
}

/** Variables that bind git to one repository, whatever directory it runs in (`git rev-parse --local-env-vars`). */
const LOCAL_VARIABLES = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CONFIG',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
]);

/** The environment for a question about the repository around a directory, whichever repository a hook is running for. */
export function discoveringEnvironment(env: GitOptions['env']): Record<string, string> {
  const kept: Record<string, string> = { LC_ALL: 'C' };
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !LOCAL_VARIABLES.has(name) && name !== 'LC_ALL') kept[name] = value;
  }
  return kept;
}

/**
 * Runs git and gives the records of its output, which end with NUL (`-z`), as they come.
 *
 * @throws GitError when git is missing or fails; records that came before are valid
 */
export async function* gitRecords(args: readonly string[], { cwd, env }: GitOptions): AsyncGenerator<Buffer> {
  const child = spawn('git', [...HARDENING, ...args], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => {
    if (errors.length < 16) errors.push(piece);
  });
  const exit = new Promise<number | GitError>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(new GitError(error.code === 'ENOENT' ? 'missing' : 'failed', error.message, error)),
    );
    child.on('close', (code, signal) => resolve(code ?? new GitError('failed', `git was ended by ${signal}`)));
  });

  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let start = 0;
      for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
        yield bytes.subarray(start, end);
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } finally {
    // Reached early when the consumer stops; harmless when git has ended.
    child.kill();
  }
  const ended = await exit;
  if (ended instanceof GitError) throw ended;
  if (ended !== 0) throw new GitError('failed', firstLine(Buffer.concat(errors).toString('utf8')) || `exit ${ended}`);
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
