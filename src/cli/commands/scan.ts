/** `glaive scan [PATH...|-]` */

import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { findWorkTree } from '../../git/listing.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import type { Source } from '../../model/source.ts';
import { filesSource } from '../../sources/files.ts';
import { stdinSource } from '../../sources/stdin.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { shardOf } from './scan-shard.ts';
import { scanAndReport } from '../run-scan.ts';
import type { ScanPlan, ScanContext } from '../scan-plan.ts';

/** Looks at files, folders and standard input. */
export async function scanCommand(call: ParsedArgs, io: Io): Promise<ExitCode> {
  return await scanAndReport(call, io, scanningOf(call, io));
}

/** What the paths of a call stand for; none: the current folder. */
export function scanningOf(call: ParsedArgs, io: Io): ScanPlan {
  return {
    sources: (surroundings) =>
      openSources(call.args.length === 0 ? ['.'] : call.args, io, { ...surroundings, isOurs: shardOf(call) }),
    isComplete: call.args.length === 0 && !call.has('shard') && isBase(io.cwd),
    volume: 'tree',
    totalBytes: () => totalOf(call.args, io.cwd),
    includeHead: true,
  };
}

/** Whether the current folder holds everything that the baseline speaks of: outside of git, or at the root. */
function isBase(cwd: string): boolean {
  const root = findWorkTree(cwd);
  return root === undefined || realpathSync(root) === realpathSync(cwd);
}

/** The bytes of the named files; undefined when a folder or a stream is among them. */
function totalOf(paths: readonly string[], cwd: string): number | undefined {
  let total = 0;
  for (const path of paths) {
    const size = path === '-' ? undefined : sizeOf(resolve(cwd, path));
    if (size === undefined) return undefined;
    total += size;
  }
  return paths.length === 0 ? undefined : total;
}

/** Whatever is wrong with the path is said when it is opened. */
function sizeOf(path: string): number | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

function openSources(
  paths: readonly string[],
  io: Io,
  {
    base,
    signal,
    exclusions: { excludes },
    isOurs,
  }: ScanContext & { readonly isOurs: ((path: string) => boolean) | undefined },
): Source[] {
  const files = paths.filter((path) => path !== '-');
  const options = { cwd: io.cwd, base, env: io.env, signal, excludes, ...(isOurs === undefined ? {} : { isOurs }) };
  return [
    ...(files.length === 0 ? [] : [filesSource({ ...options, paths: files })]),
    ...(paths.includes('-') ? [stdinSource(io.stdin.bytes(), signal)] : []),
  ];
}
