/** `glaive diff [RANGE]` */

import { resolve } from 'node:path';
import { type GitOptions, isStop } from '../../git/spawn.ts';
import { findWorkTree } from '../../git/find-work-tree.ts';
import { objectOf } from '../../git/resolve.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Gap } from '../../model/gap.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import type { Source } from '../../model/source.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { cutSource } from '../../sources/cut-source.ts';
import { rangeSource } from '../../range/range.ts';
import { type RangeOutcome, resolveRange } from '../../range/resolve.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { withFetchProgress } from '../fetch-progress.ts';
import { filesBefore, filesCommitted } from '../../range/policy-files.ts';
import { scanAndReport } from '../run-scan.ts';
import { limitedSignal } from '../scan-setup.ts';

/** Scans the commits of a branch, a merge request or a push. */
export async function diffCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  // Resolving the range counts against the time limit: with --fetch it talks to the server.
  const limit = await limitedSignal(args, io);
  const options = { cwd: io.cwd, env: io.env, signal: limit };
  const range = await withFetchProgress(args, io, (onFetchProgress) =>
    rangeOf(args, io, { ...options, onFetchProgress }),
  );
  // Objects that turn out to be needed later, git may fetch then.
  const asked: GitOptions = args.has('fetch') ? { ...options, fetches: true } : options;
  const root = findWorkTree(io.cwd) ?? io.cwd;
  const named = [args.value('config'), args.value('baseline')].flatMap((path) =>
    path === undefined ? [] : [resolve(io.cwd, path)],
  );
  let commits: number | undefined;
  const code = await scanAndReport(args, io, {
    sources: ({ signal, exclusions }): Source[] =>
      range === undefined
        ? [cutSource('range', 'the range was not read, and none of its commits was scanned')]
        : range.kind === 'gap'
          ? [gapSource(range.gap)]
          : [
              rangeSource({
                ...asked,
                ...range,
                ...exclusions,
                signal,
                onCommits: (count) => (commits = count),
              }),
            ],
    signal: limit,
    ...(range?.kind !== 'range'
      ? {}
      : {
          comparedWith: range.comparedWith,
          notes: range.notes,
          change: {
            before: filesBefore(range, root, named, asked),
            committed: filesCommitted(root, asked),
            selfSuppressions: args.value('new-suppressions') === 'fail' ? ('rejected' as const) : ('accepted' as const),
          },
        }),
    volume: 'stream',
    includeHead: true,
  });
  if (commits === 0 && range?.kind === 'range' && !args.has('quiet'))
    await io.stderr.write(`glaive: note: there are no commits in ${printable(createTextRedactor()(range.why))}\n`);
  return code;
}

/** The commits to scan; undefined where the time limit or Ctrl-C came before they were known. @throws GlaiveError */
async function rangeOf(
  args: ParsedArgs,
  io: Io,
  options: GitOptions,
): Promise<Exclude<RangeOutcome, { kind: 'refused' }> | undefined> {
  const redact = createTextRedactor();
  try {
    if ((await objectOf('HEAD', options)) === undefined) {
      throw new GlaiveError('usage', 'diff: there is no git repository with commits here', {
        hint: 'Run this inside the repository that holds the range.',
      });
    }
    const range = await resolveRange(
      {
        named: args.positionals[0],
        mayFetch: args.has('fetch'),
        redact,
        onWarning: async (text) => await io.stderr.write(`glaive: note: git warns: ${printable(redact(text))}\n`),
      },
      options,
    );
    if (range.kind === 'refused') throw usage('diff', range.message, range.hint);
    return range;
  } catch (error) {
    if (!isStop(error)) throw error;
    return undefined;
  }
}

/** A source that has nothing but a gap. */
function gapSource(gap: Gap): Source {
  return {
    name: 'range',
    // oxlint-disable-next-line require-yield -- it yields nothing
    async *inputs(diagnostics) {
      diagnostics.gap(gap);
    },
  };
}
