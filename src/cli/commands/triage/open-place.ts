/** `open` in `glaive triage`: the place of a finding in the editor, or the page and the git command that show it. */

import { delimiter, basename, resolve } from 'node:path';
import { statSync } from 'node:fs';
import { fsErrorMessage } from '../../../lib/fs-error-message.ts';
import { isInside } from '../../../lib/inside.ts';
import { encodePath } from '../../../lib/path-bytes.ts';
import { printable } from '../../../lib/printable.ts';
import { absoluteEntries, withPath } from '../../../lib/program-path.ts';
import { realPath } from '../../../lib/real-path.ts';
import { shellQuote } from '../../../lib/shell-quote.ts';
import { runOnTerminal } from '../../../lib/wrapped-command.ts';
import type { Finding } from '../../../model/finding.ts';
import { findingLinks, type RemoteLinks } from '../../../report/remote-links.ts';
import { jobOf } from '../../../report/lookups.ts';
import { placeOf } from '../../../report/text-secrets.ts';
import type { Io } from '../../../model/io.ts';
import { MASK } from '../../../model/secret.ts';

export interface OpenOptions {
  /** The folder that paths of the report are relative to: the root of the work tree. */
  readonly base: string;
  readonly links: RemoteLinks | undefined;
}

/** @returns lines to show: where it is, or what the editor could not do; none after the editor */
export async function openPlace(
  finding: Finding,
  { base, links }: OpenOptions,
  io: Pick<Io, 'env'>,
): Promise<readonly string[]> {
  const path = fileOf(finding, base);
  if (path === undefined) return waysTo(finding, links).map(printable);
  const [program, ...flags] = editorOf(io.env);
  const place = placeOf(finding);
  if (program === undefined) return [printable(place), 'Set VISUAL or EDITOR, and o opens your editor there.'];
  const args = [...flags, ...argumentsFor(program, path, finding.regions[0].startLine)];
  try {
    const code = await runOnTerminal(program, args, { cwd: base, env: withPath(io.env, absolute) });
    return code === 0 ? [] : [printable(`${program} ended with exit code ${code}. The place: ${place}`)];
  } catch (error) {
    return [printable(`cannot start ${program}: ${fsErrorMessage(error)}. The place: ${place}`)];
  }
}

/** The absolute path of a finding in a file of the work tree. Undefined for a file that is not there, or is elsewhere through a link. */
function fileOf({ artifact, locator }: Finding, base: string): string | undefined {
  if (artifact.kind !== 'file' || locator.path === undefined || locator.blob !== undefined) return undefined;
  if (locator.entries !== undefined || artifact.entries !== undefined) return undefined;
  try {
    const path = realPath(resolve(base, locator.path));
    return isInside(path, realPath(base)) && statSync(encodePath(path)).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

/** `$VISUAL`, else `$EDITOR`, with its flags: words between spaces, or in quotes. Empty if neither is set. */
function editorOf(env: Io['env']): readonly string[] {
  const named = [env['VISUAL'], env['EDITOR']].find((text = '') => text.trim() !== '') ?? '';
  return Array.from(named.matchAll(/"([^"]*)"|'([^']*)'|\S+/g), ([word, double, single]) => double ?? single ?? word);
}

/** How editors are given a line. Others only get the file. */
const AT_LINE: Readonly<Record<string, (path: string, line: number) => readonly string[]>> = {
  ...Object.fromEntries(
    ['vi', 'vim', 'nvim', 'nano', 'emacs', 'emacsclient', 'gvim', 'kak', 'micro'].map((name) => [
      name,
      (path: string, line: number) => [`+${line}`, path],
    ]),
  ),
  ...Object.fromEntries(
    ['code', 'codium', 'cursor'].map((name) => [name, (path: string, line: number) => ['-g', `${path}:${line}`]]),
  ),
  hx: (path, line) => [`${path}:${line}`],
};

function argumentsFor(program: string, path: string, line: number): readonly string[] {
  const name = basename(program).replace(/\.(?:exe|cmd)$/i, '');
  return Object.hasOwn(AT_LINE, name) ? AT_LINE[name]!(path, line) : [path]; // it has it
}

/** A relative entry of PATH leads into the folder that is triaged. */
function absolute(path: string): string {
  return absoluteEntries(path).join(delimiter);
}

const ID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** The page of the remote, the git command, or the job; else the name of the place. */
function waysTo(finding: Finding, links: RemoteLinks | undefined): string[] {
  const { place } = findingLinks(links, finding);
  const job = jobOf(finding);
  const object = objectOf(finding);
  return [
    placeOf(finding),
    ...(place === undefined ? [] : [place]),
    ...(job === undefined ? [] : [job.url]),
    ...(object === undefined ? [] : [`git show ${/^[\w.:/-]+$/.test(object) ? object : shellQuote(object)}`]),
  ];
}

/** What git calls it: the file in its commit, the object, or the commit. */
function objectOf({ introduction, locator, artifact }: Finding): string | undefined {
  const commit = introduction?.commit ?? locator.commit;
  const path = introduction?.uri ?? locator.path;
  const isCommit = commit !== undefined && ID.test(commit);
  // Names of earlier versions are known only as they are shown. One with control characters cannot be copied from a screen.
  const isNamed = path !== undefined && !path.includes('%') && !path.includes(MASK) && printable(path) === path;
  if (isCommit && isNamed && artifact.kind === 'file' && artifact.entries === undefined) return `${commit}:${path}`;
  if (locator.blob !== undefined && ID.test(locator.blob)) return locator.blob;
  return isCommit ? commit : undefined;
}
