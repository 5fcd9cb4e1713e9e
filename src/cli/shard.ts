/** A part of a scan, for jobs that run side by side: each file belongs to one of them, whatever the others do. */

import { createHash } from 'node:crypto';
import { type ParsedArgs, shown, usage } from './args/parse.ts';

const MOST = 1000;

/** Whether a path belongs to this part; undefined: there is one part. @throws GlaiveError */
export function shardOf(call: ParsedArgs): ((path: string) => boolean) | undefined {
  const text = call.value('shard');
  if (text === undefined) return undefined;
  const [, index = 0, total = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > total || total > MOST)
    throw usage(
      call.command,
      `--shard must be a part like 2/4, not ${JSON.stringify(shown(text))}`,
      'In GitLab CI with parallel: --shard "$CI_NODE_INDEX/$CI_NODE_TOTAL".',
    );
  if (call.args.includes('-')) throw usage(call.command, '--shard parts folders, and standard input is none');
  return (path) => createHash('sha256').update(path).digest().readUInt32BE(0) % total === index - 1;
}
