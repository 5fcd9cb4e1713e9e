/**
 * Mirrors: bare repositories of glaive itself that hold everything that a remote offers. Objects are never removed from them, so
 * what a force push has replaced is still scanned.
 */

import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { writeWhole } from '../lib/output-file.ts';
import { GlaiveError } from '../model/errors.ts';
import { listRefs } from './refs.ts';
import { isFailure } from './git-error.ts';
import { fetchFrom, listRemote, RemoteError, type RemoteOptions } from './remote.ts';
import { type RemoteAccess, ownEnvironment, remoteEnvironment } from './remote-access.ts';
import { GitError, gitLine, type GitOptions, gitText } from './spawn.ts';
import { gitVersion } from './work-tree.ts';

/** What a remote offers, or a mirror has. */
export interface OfferedRefs {
  /** `ID NAME` of each ref, sorted. */
  readonly lines: readonly string[];
  /** The ref that HEAD names; undefined if HEAD is a commit itself, or does not exist. */
  readonly headRef: string | undefined;
  /** The commit of HEAD; undefined without one. */
  readonly tip: string | undefined;
}

/** What a call about a remote needs. `env` is the user's. */
export type MirrorOptions = Pick<RemoteOptions, 'env' | 'signal' | 'killProcess' | 'onFetchProgress'>;

/** The oldest git that takes settings from variables and can be without the user's configuration. */
const MINIMUM = { major: 2, minor: 32 } as const;

/** No file can exist below a device. */
const NO_REPOSITORY = '/dev/null/none';

/** What HEAD names if the remote has no HEAD. */
const NO_REF = 'refs/glaive/none';

/** Bytes: a million refs are about 70 MB. */
const REFS_MAX = 256 * 1024 * 1024;
/** Bytes of progress and of what the server says. */
const TEXT_MAX = 16 * 1024 * 1024;

/** @throws GlaiveError if git is too old for it */
export async function checkGit({ env, signal }: MirrorOptions): Promise<void> {
  const version = await gitVersion({ cwd: resolve('/'), env: ownEnvironment(env), signal });
  const [major = 0, minor = 0] = (version?.text ?? '0.0').split('.').map(Number);
  if (major > MINIMUM.major || (major === MINIMUM.major && minor >= MINIMUM.minor)) return;
  throw new GlaiveError('git', `git ${version?.text ?? ''} cannot fetch without the configuration of the user`, {
    hint: `Install git ${MINIMUM.major}.${MINIMUM.minor} or newer, or sweep the repositories on the disk.`,
  });
}

/**
 * Asks a remote for its refs: one request, besides the one that the server answers with 401.
 *
 * @throws RemoteError, GitError
 */
export async function offeredRefs(access: RemoteAccess, options: MirrorOptions): Promise<OfferedRefs> {
  const remote = remoteOptions(undefined, access, options);
  // Version 2 of the protocol takes another request.
  const text = await listRemote(access.address.url, { ...remote, outputMax: REFS_MAX }, ['protocol.version=0']);
  return parseRefs(text);
}

/** The refs in the output of `git ls-remote --symref`; without what is no ref. */
export function parseRefs(text: string): OfferedRefs {
  const lines: string[] = [];
  let headRef: string | undefined;
  let tip: string | undefined;
  for (const line of text.split('\n')) {
    const [id = '', name = ''] = line.split('\t', 2);
    if (name === 'HEAD') {
      if (id.startsWith('ref: ')) headRef = id.slice('ref: '.length);
      else if (isId(id)) tip = id;
    } else if (isId(id) && name.startsWith('refs/') && !name.endsWith('^{}')) lines.push(`${id} ${name}`);
  }
  return { lines: lines.toSorted(), headRef: headRef !== undefined && isRefName(headRef) ? headRef : undefined, tip };
}

function isId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) && !/^0+$/.test(text);
}

/** Whether it can be in the file HEAD: in a name, git allows neither control characters nor these. */
function isRefName(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- git refuses them
  return /^refs\/[^\u0000-\u0020\u007f~^:?*[\\]+$/.test(text) && !/\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|[./]$/.test(text);
}

/** The same for the same refs, wherever they were read. 64 hex digits. */
export function refsDigest({ lines, headRef, tip = '' }: OfferedRefs): string {
  const hash = createHash('sha256').update(`${headRef ?? tip}\n`);
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}

/** An empty bare repository without hooks. @param folder must not exist @throws GitError */
export async function makeMirror(folder: string, format: 'sha1' | 'sha256', options: MirrorOptions): Promise<void> {
  const args = ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, '--', folder];
  await gitText(args, { ...localOptions(folder, options), cwd: dirname(folder) });
}

/**
 * Makes a mirror what the remote offers: all refs and their objects, and HEAD. Refs that are gone are removed; objects stay. If it
 * is interrupted, the mirror is as usable as before.
 *
 * @param offered as just listed: says what HEAD is
 * @throws RemoteError, GitError
 */
export async function updateMirror(
  folder: string,
  access: RemoteAccess,
  { headRef, tip }: OfferedRefs,
  options: MirrorOptions,
): Promise<void> {
  const flags = [
    '--prune',
    '--no-write-fetch-head',
    '--update-head-ok',
    '--update-shallow',
    '--no-show-forced-updates',
  ];
  const isDetached = headRef === undefined && tip !== undefined;
  const fetched = fetchFrom(
    { remote: access.address.url, flags, wanted: ['+refs/*:refs/*', ...(isDetached ? ['HEAD'] : [])] },
    { ...remoteOptions(folder, access, options), outputMax: TEXT_MAX },
  );
  await fetched.catch((error: unknown) => {
    // Its objects are there. The caller sees which refs are not.
    if (!(error instanceof RemoteError && isAboutNames(error.text))) throw error;
  });
  const head = headRef === undefined ? (tip ?? `ref: ${NO_REF}`) : `ref: ${headRef}`;
  await writeWhole(join(folder, 'HEAD'), [`${head}\n`]);
  // A file for each of 100 000 refs takes longer to read than their objects.
  await gitText(['pack-refs', '--all'], localOptions(folder, options));
}

/** The refs that a mirror has. @throws GitError */
export async function mirrorRefs(folder: string, options: MirrorOptions): Promise<OfferedRefs> {
  const local = localOptions(folder, options);
  const refs = await listRefs(local);
  const tip = await orNothing(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], local);
  const head = tip === undefined ? undefined : await orNothing(['symbolic-ref', '--quiet', 'HEAD'], local);
  return { lines: refs.map(({ named, name }) => `${named} ${name}`).toSorted(), headRef: head, tip };
}

/** Whether nothing failed but a few refs, as of `x` and `x/y`, or of `X` and `x` on a disk that ignores case. */
function isAboutNames(text: string): boolean {
  const failures = text.split('\n').filter(isFailure);
  const isName = (line: string): boolean =>
    /^error: (?:cannot (?:lock|update) ref |.*(?:unable to (?:update|create|resolve)|cannot create) .*|some local refs could not be updated|'refs\/.* exists; cannot create )/.test(
      line,
    );
  return failures.length > 0 && failures.every(isName);
}

/** What git says about objects and refs of its own that are lost or broken. */
const DAMAGE =
  /^(?:fatal|error): (?:bad object |bad ref |.*did not send all necessary objects|.*(?:is corrupt|is empty|far too short to be a packfile)|unable to read |unexpected line in |.*does not match index|not a git repository)/m;

/** Whether an update failed because of the mirror itself, which must be made again. */
export function isDamage(error: unknown): boolean {
  if (error instanceof RemoteError) return DAMAGE.test(error.text);
  return error instanceof GitError && error.reason === 'failed';
}

/** The hash of a mirror; undefined if it is damaged. @throws GitError if git cannot be started, or was stopped */
export async function formatOf(folder: string, options: MirrorOptions): Promise<string | undefined> {
  return await orNothing(['rev-parse', '--show-object-format'], localOptions(folder, options));
}

/** A line of output; undefined if git fails. */
async function orNothing(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  try {
    return await gitLine(args, options);
  } catch (error) {
    if (error instanceof GitError && error.exitCode !== undefined) return undefined;
    throw error;
  }
}

/**
 * Removes what an update that was killed has left: packs that are not whole, and locks. No other call may be updating the mirror.
 *
 * @throws the file system's error
 */
export function clearMirror(folder: string): void {
  const leftover = (name: string): boolean => name.endsWith('.lock') || /^objects\/pack\/(?:tmp_|\.tmp-)/.test(name);
  const names = [
    ...namesIn(folder),
    ...namesIn(join(folder, 'objects/pack')).map((name) => `objects/pack/${name}`),
    // In the name of a ref, git refuses the ending of a lock.
    ...readdirSync(join(folder, 'refs'), { recursive: true, encoding: 'utf8' }).map((name) => `refs/${name}`),
  ];
  for (const name of names.filter(leftover)) rmSync(join(folder, name), { force: true });
}

/** The bytes of all packs of a mirror. */
export function packBytes(folder: string): number {
  const packs = join(folder, 'objects/pack');
  return namesIn(packs)
    .filter((name) => name.endsWith('.pack'))
    .reduce((sum, name) => sum + statSync(join(packs, name)).size, 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** For calls that reach no remote. @param folder of the mirror: git looks for no other repository */
export function localOptions(folder: string, { env, signal }: Pick<MirrorOptions, 'env' | 'signal'>): GitOptions {
  return { cwd: folder, env: { ...ownEnvironment(env), GIT_DIR: folder }, signal };
}

function remoteOptions(folder: string | undefined, access: RemoteAccess, options: MirrorOptions): RemoteOptions {
  const { protocol } = access.address;
  const env = { ...remoteEnvironment(options.env, access), GIT_DIR: folder ?? NO_REPOSITORY };
  return { ...options, cwd: folder ?? resolve('/'), protocol, env };
}
