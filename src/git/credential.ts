/**
 * Passwords that the user's git has stored: `git credential fill`, run outside of any repository, which could configure
 * programs.
 */

import { resolve } from 'node:path';
import { GitError, type GitOptions, gitText } from './spawn.ts';

/**
 * The password for a server, from the helpers of the user's own configuration; undefined if none knows it. The user is never
 * asked, neither on a terminal nor in a window.
 *
 * @throws GitError when git is missing
 */
export async function filledPassword(
  server: URL,
  options: Omit<GitOptions, 'cwd' | 'input'>,
): Promise<string | undefined> {
  const path = server.pathname.replace(/^\/|\/$/g, '');
  const input = [
    `protocol=${server.protocol.slice(0, -1)}`,
    `host=${server.host}`,
    ...(path === '' ? [] : [`path=${path}`]),
    '',
    '',
  ].join('\n');
  const env = {
    ...options.env,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    SSH_ASKPASS: 'true',
    GCM_INTERACTIVE: 'never',
  };
  // No repository is above the root.
  const cwd = resolve('/');
  const text = await gitText(['credential', 'fill'], { ...options, about: 'around', env, cwd, input }).catch(
    (error: unknown) => {
      if (error instanceof GitError && error.reason === 'failed') return '';
      throw error;
    },
  );
  return /^password=([^\n]+)/m.exec(text)?.[1];
}
