/** `glaive scan [PATH...|-]` */

import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { findWorkTree } from '../../git/find-work-tree.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import type { Source } from '../../model/source.ts';
import { filesSource } from '../../sources/files.ts';
import { stdinSource } from '../../sources/stdin.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { shardOf } from './scan-shard.ts';
import { scanAndReport } from '../run-scan.ts';
import type { ScanPlan, ScanContext } from '../scan-plan.ts';

/** Scans files, folders and standard input. */
export async function scanCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  return await scanAndReport(args, io, scanPlan(args.positionals, args, io));
}

/** Plans the scan of some paths; without one, of the current folder. */
export function scanPlan(paths: readonly string[], args: ParsedArgs, io: Io): ScanPlan {
  const open = (context: ScanContext): Source[] =>
    openSources(paths.length === 0 ? ['.'] : paths, io, { ...context, isInShard: shardOf(args) });
  return {
    sources: open,
    isComplete: paths.length === 0 && !args.has('shard') && isBase(io.cwd),
    volume: 'tree',
    totalBytes: () => totalOf(paths, io.cwd),
    // A stream is read once.
    ...(paths.includes('-')
      ? {}
      : {
          measureBytes: async (context) =>
            await (await import('../../sources/measure.ts')).measure(open(context), context.signal),
        }),
    includeHead: areInside(paths, io.cwd),
  };
}

/** Whether the current folder holds every file that the baseline may name: outside of git, or at the root. */
function isBase(cwd: string): boolean {
  const root = findWorkTree(cwd);
  return root === undefined || realpathSync(root) === realpathSync(cwd);
}

/** Whether the paths are of the repository around the current folder, so that reports may name it. */
function areInside(paths: readonly string[], cwd: string): boolean {
  const root = findWorkTree(cwd);
  return paths.every((path) => path === '-' || findWorkTree(resolve(cwd, path)) === root);
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

/** Undefined for a folder or a stream, and for a path that cannot be read: opening it reports the error. */
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
    isInShard,
  }: ScanContext & { readonly isInShard: ((path: string) => boolean) | undefined },
): Source[] {
  const files = paths.filter((path) => path !== '-');
  const options = {
    cwd: io.cwd,
    base,
    env: io.env,
    signal,
    excludes,
    ...(isInShard === undefined ? {} : { isInShard }),
  };
  return [
    ...(files.length === 0 ? [] : [filesSource({ ...options, paths: files })]),
    ...(paths.includes('-') ? [stdinSource(io.stdin.bytes(), signal)] : []),
  ];
}
