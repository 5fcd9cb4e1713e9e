/** `glaive diff [RANGE]` */

import { resolve } from 'node:path';
import { type GitOptions, isStop } from '../../git/spawn.ts';
import { findWorkTree } from '../../git/listing.ts';
import { objectOf } from '../../git/resolve.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Gap } from '../../model/gap.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import type { Source } from '../../model/source.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { cutSource } from '../../sources/cut-source.ts';
import { rangeSource } from '../../range/range.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { type ResolvedRange, resolveRange } from '../resolve-range.ts';
import { filesBefore, filesCommitted } from '../range-files.ts';
import { limitedSignal, scanAndReport } from '../scan-setup.ts';

/** Looks at what a branch, a merge request or a push adds. */
export async function diffCommand(call: ParsedArgs, io: Io): Promise<ExitCode> {
  // Telling what the range is may take long: with --fetch, a talk with the server.
  const limit = await limitedSignal(call, io);
  const options = { cwd: io.cwd, env: io.env, signal: limit };
  const range = await rangeOf(call, io, options);
  // What was not known to be needed, git may fetch when it is.
  const asked: GitOptions = call.has('fetch') ? { ...options, fetches: true } : options;
  const root = findWorkTree(io.cwd) ?? io.cwd;
  const named = [call.value('config'), call.value('baseline')].flatMap((path) =>
    path === undefined ? [] : [resolve(io.cwd, path)],
  );
  let commits: number | undefined;
  const code = await scanAndReport(call, io, {
    sources: ({ signal, excludes, uncounted, excludedAt }): Source[] =>
      range === undefined
        ? [cutSource('range', 'the range was not read, and none of its commits was scanned')]
        : 'kind' in range
          ? [gapSource(range)]
          : [
              rangeSource({
                ...asked,
                ...range,
                signal,
                excludes,
                uncounted,
                excludedAt,
                onCommits: (count) => (commits = count),
              }),
            ],
    signal: limit,
    ...(range === undefined || 'kind' in range
      ? {}
      : {
          comparedWith: range.comparedWith,
          notes: range.notes,
          change: {
            before: filesBefore(range, root, named, asked),
            committed: filesCommitted(root, asked),
            ownSay: call.value('new-suppressions') === 'fail' ? ('rejected' as const) : ('accepted' as const),
          },
        }),
    everything: false,
    threads: false,
    isSmall: false,
    silentWhenClean: false,
    namesHead: true,
  });
  if (commits === 0 && range !== undefined && 'why' in range && !call.has('quiet'))
    // The name of a branch is anybody's text.
    await io.stderr.write(
      `glaive: note: there are no commits to look at in ${printable(createTextRedactor()(range.why))}\n`,
    );
  return code;
}

/** What there is to walk; undefined where the time was up, or Ctrl-C was pressed, before that was known. */
async function rangeOf(call: ParsedArgs, io: Io, options: GitOptions): Promise<ResolvedRange | Gap | undefined> {
  try {
    if ((await objectOf('HEAD', options)) === undefined) {
      throw new GlaiveError('usage', 'diff: there is no git repository with commits here', {
        hint: 'Stand in the repository that holds the range.',
      });
    }
    return await resolveRange(call.args[0], call.has('fetch'), io, options);
  } catch (error) {
    if (!isStop(error)) throw error;
    return undefined;
  }
}

/** Where there is nothing to walk, and that is the answer. */
function gapSource(gap: Gap): Source {
  return {
    name: 'range',
    // oxlint-disable-next-line require-yield -- it has nothing to give
    async *inputs(trouble) {
      trouble.gap(gap);
    },
  };
}
