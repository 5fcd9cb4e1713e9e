/**
 * The files of a repository besides its objects: `.git/config`, reflogs, hooks, unfinished messages, LFS files, and the names
 * in the index. It also reports packs that git ignores silently.
 */

import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { commonGitDirectory, type GitFile, gitFiles, packsWithoutIndex } from '../git/git-files.ts';
import { indexedFiles } from '../git/listing.ts';
import { filesWithAddresses } from '../git/own-files.ts';
import { GitError, type GitOptions, gitStream } from '../git/spawn.ts';
import { encodePath, showPath } from '../lib/path-bytes.ts';
import type { ArtifactKind } from '../model/artifact-kind.ts';
import type { Artifact, Input } from '../model/artifact.ts';
import type { Finding } from '../model/finding.ts';
import { Skipped } from '../model/gap.ts';
import type { Secret } from '../model/secret.ts';
import type { AttributionContext, Diagnostics } from '../model/source.ts';
import { unreadable } from '../sources/git-object.ts';
import { openFile, openLink } from '../sources/file-reader.ts';
import { memoryInput } from '../sources/memory.ts';
import type { HistoryState } from './state.ts';
import { streamReader } from '../sources/stream-reader.ts';

export interface GitFilesOptions extends GitOptions {
  /** URIs are relative to this folder. */
  readonly base: string;
  /** Whether archives are opened. */
  readonly archives: boolean;
}

/** Their URIs start with this, whatever the name of the git directory is. */
const WITHIN = '.git/';

/** @throws GitError */
export async function* gitFileInputs(options: GitFilesOptions, diagnostics: Diagnostics): AsyncGenerator<Input> {
  const directory = await commonGitDirectory(options);
  // After an early end git has named no folder.
  if (options.signal?.aborted === true) return;
  for (const name of packsWithoutIndex(directory)) {
    diagnostics.gap({
      kind: 'git',
      uri: `${WITHIN}objects/pack/${showPath(name)}`,
      message: 'the pack has no index, so git does not know the objects in it, and they were not scanned',
      hint: 'Create one: git index-pack PACK',
    });
  }
  const nested: string[] = [];
  const files = gitFiles(directory, {
    onUnreadable: (folder, { code }) =>
      diagnostics.gap({
        kind: 'listing',
        uri: `${WITHIN}${showPath(folder)}`,
        message: `cannot list the folder: ${code === 'EACCES' ? 'permission denied' : (code ?? 'unknown error')}`,
        hint: 'Run as a user who may read it.',
      }),
    // The history of a submodule belongs to another repository.
    onRepository(folder) {
      diagnostics.skip('git-directory');
      nested.push(folder);
    },
  });
  for (const { name, kind, isUnfinished } of files) {
    if (isUnfinished) {
      diagnostics.skip('unfinished');
      continue;
    }
    yield fileInput(directory, name, kind, options);
  }
  for (const folder of nested)
    for (const path of filesWithAddresses(join(directory, folder)))
      if (existsSync(encodePath(path))) yield fileInput(directory, relative(directory, path), 'file', options);
  if (existsSync(encodePath(join(directory, 'reftable')))) yield reflogInput(options);
  yield* indexInput(options);
}

/** @param name relative to the git directory */
function fileInput(directory: string, name: string, kind: GitFile['kind'], options: GitFilesOptions): Input {
  const path = encodedBelow(options.base, join(directory, name));
  const artifact: Artifact = { kind: 'file', uri: WITHIN + showPath(name), ...(path === undefined ? {} : { path }) };
  const file = { path: join(directory, name), uri: artifact.uri, explicit: false };
  const open = {
    file: () => openFile(file),
    symlink: () => openLink(file),
    special() {
      throw new Skipped('special');
    },
  }[kind];
  return {
    artifact,
    open,
    ...(kind === 'file' ? { file } : {}),
    // Reflogs are named like refs, whose names are scanned anyway.
    ...(/^(?:worktrees\/[^/]+\/)?logs\//.test(name) ? { name: 'ignore' } : {}),
    ...(options.archives ? {} : { archive: 'count' }),
  };
}

/** Where the file can be read again; absent if it is outside the base. */
function encodedBelow(base: string, path: string): string | undefined {
  const inside = relative(base, path);
  return inside.startsWith('..') || isAbsolute(inside) ? undefined : inside.replaceAll(sep, '/');
}

/** Reflogs in the reftable format, which only git can read. */
function reflogInput(options: GitOptions): Input {
  const args = ['log', '--walk-reflogs', '--all', '--format=%gD %gn <%ge> %gs'];
  return {
    artifact: { kind: 'file', uri: `${WITHIN}reftable` },
    open: () => streamReader(gitStream(args, options), (error) => unreadable(error, `${WITHIN}reftable`)),
  };
}

/** Names of files in the index, which may be in no commit. */
async function* indexInput(options: GitOptions): AsyncGenerator<Input> {
  const names: string[] = [];
  try {
    for await (const { path } of indexedFiles(options)) names.push(showPath(path));
  } catch (error) {
    // A bare repository has no index.
    if (!(error instanceof GitError)) throw error;
  }
  if (names.length > 0) yield memoryInput(Buffer.from(names.join('\0'), 'utf8'), { kind: 'tree', uri: 'index' });
}

/** Files into which git copies messages and names of refs. */
const COPIES = /^\.git\/(?:worktrees\/[^/]+\/)?(?:logs\/|reftable$|[A-Z_]*(?:MSG|HEAD)$)/;
const COPIED: ReadonlySet<string> = new Set<ArtifactKind>([
  'commit-message',
  'commit-header',
  'tag-message',
  'ref-name',
]);

/** Findings in git's own files, or in the names of these, without copies of secrets that are reported from an object. */
export async function ofGitItself(
  findings: readonly Finding[],
  help: AttributionContext,
  { ownToken, before }: { readonly ownToken: Secret | undefined; readonly before: HistoryState | undefined },
): Promise<Finding[]> {
  const own = ownToken === undefined ? undefined : await help.fingerprintOf(ownToken);
  const copied = new Set([
    ...findings.filter(({ artifact }) => COPIED.has(artifact.kind)).map((finding) => finding.secretFingerprint),
    ...(before?.leaks ?? []).filter(({ kind }) => COPIED.has(kind)).map((leak) => leak.secretFingerprint),
  ]);
  return findings.filter(({ artifact: { kind, uri, blob, commit }, secretFingerprint }) => {
    const isInFile = (kind === 'file' || kind === 'file-name') && blob === undefined && commit === undefined;
    return isInFile && secretFingerprint !== own && !(COPIES.test(uri) && copied.has(secretFingerprint));
  });
}
