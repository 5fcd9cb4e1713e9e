/** Repositories in which glaive's hooks are installed, and real commits in them. */

import { expect } from 'vitest';
import { glaive, type Ran } from './run-cli.ts';
import { runProgram } from './run-program.ts';
import { git, tempRepository } from './temp-folder.ts';

/** A repository with these files committed, and then glaive's hooks. */
export async function hookedRepository(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const root = tempRepository(files);
  await installHooks(root);
  return root;
}

/** `glaive hook install`. */
export async function installHooks(root: string): Promise<void> {
  const { code, stderr } = await glaive(['hook', 'install'], { cwd: root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

export interface Committed extends Ran {
  /** Whether HEAD is another commit than before. */
  readonly made: boolean;
}

/** `git COMMAND`, such as `commit --message x`; returns whether a commit was made. */
export async function gitRuns(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Committed> {
  const before = headOf(cwd);
  const ran = await runProgram('git', args, { cwd, env: { GIT_EDITOR: 'true', ...env } });
  return { ...ran, made: headOf(cwd) !== before };
}

/** The commit that is checked out; empty in a repository without any. */
function headOf(cwd: string): string {
  try {
    return git(cwd, 'rev-parse', '--verify', '--quiet', 'HEAD');
  } catch {
    return '';
  }
}
