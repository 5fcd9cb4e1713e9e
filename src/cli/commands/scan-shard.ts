/** A part of a scan, for jobs that run in parallel: each file belongs to exactly one of them. */

import { createHash } from 'node:crypto';
import { type ParsedArgs, usage } from '../args/parse.ts';

/** Whether a path belongs to the part that `--shard` names; undefined: there is only one part. @throws GlaiveError */
export function shardOf(args: ParsedArgs): ((path: string) => boolean) | undefined {
  const shard = args.value('shard');
  if (shard === undefined) return undefined;
  if (args.positionals.includes('-'))
    throw usage(args.command, '--shard divides folders, and cannot divide standard input');
  const { index, total } = shard;
  return (path) => createHash('sha256').update(path).digest().readUInt32BE(0) % total === index - 1;
}
