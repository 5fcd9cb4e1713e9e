/** Facts about the repository around a folder, even in a hook of another one; undefined if git does not report them. */

import { gitLine, type GitOptions } from './spawn.ts';

/** The oldest supported git. */
export const GIT_MINIMUM = { major: 2, minor: 25 } as const;

export interface GitVersion {
  readonly text: string;
  readonly isSupported: boolean;
}

/** The version of git; undefined if git cannot be started. */
export async function gitVersion(options: GitOptions): Promise<GitVersion | undefined> {
  const [, text, major, minor] = /\b((\d+)\.(\d+)(?:\.\d+)?)/.exec((await ask(['version'], options)) ?? '') ?? [];
  if (text === undefined) return undefined;
  const isNewer = Number(major) > GIT_MINIMUM.major;
  return { text, isSupported: isNewer || (Number(major) === GIT_MINIMUM.major && Number(minor) >= GIT_MINIMUM.minor) };
}

/**
 * The way from the folder up to the root of its work tree: empty, or `../` for each step; an absolute path if the root is
 * elsewhere. Undefined outside a work tree.
 */
export async function wayUp(options: GitOptions): Promise<string | undefined> {
  return await ask(['rev-parse', '--show-cdup'], options);
}

/** The commit of HEAD; undefined in a repository without commits. */
export async function headCommit(options: GitOptions): Promise<string | undefined> {
  return await ask(['rev-parse', '--verify', '--quiet', 'HEAD'], options);
}

/** The branch that HEAD names; undefined if a commit is checked out itself. */
export async function headBranch(options: GitOptions): Promise<string | undefined> {
  return (await ask(['symbolic-ref', '--quiet', 'HEAD'], options))?.replace(/^refs\/heads\//, '');
}

/** A name that no specific pattern matches. */
const ANY_NAME = 'glaive-any-name';

/** Whether git ignores all files of the folder, because of its name or a pattern for all its content. */
export async function ignoresContent(options: GitOptions): Promise<boolean> {
  // Only a name in the folder is passed to git, not its path: a path may be a secret, and arguments are public.
  return (await ask(['check-ignore', ANY_NAME], options)) === ANY_NAME;
}

async function ask(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  return await gitLine(args, { ...options, about: 'around' }).catch(() => undefined);
}
