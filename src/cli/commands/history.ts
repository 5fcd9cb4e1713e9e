/** `glaive history` */

import { resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { reachableCommits, rootCommits } from '../../git/commits.ts';
import { listRefs } from '../../git/refs.ts';
import { objectOf } from '../../git/resolve.ts';
import { GitError, type GitOptions, inheritedEnvironment } from '../../git/spawn.ts';
import { plural } from '../../lib/amounts.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Gap } from '../../model/gap.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import { enumerate, type Enumerated, historySource } from '../../sources/history.ts';
import { readState, rulesDigest, type SweepState, withoutIds, writeState } from '../../sources/sweep-state.ts';
import { VERSION } from '../../version.ts';
import { type Call, shown, usage } from '../parse.ts';
import { loadRules, scanAndReport } from '../scanning.ts';

/** Versions with a secret in them; each is told once, however many there are of its file. */
const MAX_VERSIONS = 500_000;

/** Looks at every object that the repository has ever held. */
export async function historyCommand(call: Call, io: Io): Promise<ExitCode> {
  const options: GitOptions = { cwd: io.cwd, env: inheritedEnvironment(io.env), signal: io.signal };
  const listed = async (before: SweepState | undefined): Promise<Enumerated> =>
    await enumerate(options, path !== undefined, before).catch((error: unknown) => {
      if (!(error instanceof GitError)) throw error;
      throw new GlaiveError('usage', `history: git cannot list the objects here: ${error.message}`, {
        hint: 'Stand in a repository that git can read, bare or not.',
        cause: error,
      });
    });
  const path = call.value('state');
  const digest = path === undefined ? '' : rulesDigest(await loadRules(call, io), `${VERSION} ${limitsOf(call)}`);
  const roots = path === undefined ? [] : (await rootsOf(options)).map((id) => hash(id));
  const before: SweepState | undefined =
    path === undefined ? undefined : readState(resolve(io.cwd, path), digest, roots);
  const { list, ids, warnings } = await listed(before);
  const only = await onlyOf(call, options);
  let found: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  let gaps: readonly Gap[] = [];
  const code = await scanAndReport(call, io, {
    sources: ({ signal }) => [
      historySource({
        ...options,
        signal,
        list,
        warnings,
        maxBlob: sizeOf(call),
        only,
        unreachable: call.value('unreachable') !== 'no',
        before,
        reader: (call.value('reader') ?? 'auto') as 'git' | 'pack' | 'auto', // parseCall has checked the choice
        onSwept: (what) => (found = what),
      }),
    ],
    everything: false,
    maxFindings: MAX_VERSIONS,
    threads: false,
    isSmall: false,
    totalBytes: () => (before === undefined ? list.bytes : undefined),
    silentWhenClean: false,
    namesHead: true,
    onReport: (report) => (gaps = report.gaps),
  });
  if (path !== undefined && ids !== undefined && found !== undefined && isWhole(gaps)) {
    const unread = new Set(unreadOf(gaps));
    const known = withoutIds(ids, unread);
    const refs = unread.size > 0 ? [] : (await listRefs(options)).map(({ object }) => object);
    const tips = [...new Set(refs)].toSorted();
    const isSame = before !== undefined && known.equals(before.ids) && tips.join() === before.tips.join();
    if (!isSame) await writeState(resolve(io.cwd, path), known, { rules: digest, roots, tips, found });
    if (!call.has('quiet') && before !== undefined)
      await io.stderr.write(
        `glaive: note: ${plural(before.count, 'object')} were looked at before, and stand in that report\n`,
      );
  }
  return code;
}

/** The first commits. Where git cannot tell them, the listing says why. */
async function rootsOf(options: GitOptions): Promise<string[]> {
  return await rootCommits(options).catch((error: unknown) => {
    if (error instanceof GitError) return [];
    throw error;
  });
}

/** Whether each thing that could not be looked at is one object that can be named. */
function isWhole(gaps: readonly Gap[]): boolean {
  return gaps.every(
    (gap) => gap.kind !== 'time-limit' && gap.kind !== 'too-many-findings' && unreadOf([gap]).length > 0,
  );
}

/** The objects that could not be looked at: no state may call them swept. */
function unreadOf(gaps: readonly Gap[]): string[] {
  return gaps.flatMap(({ uri = '' }) => /^(?:object|commit|tag)\/([0-9a-f]{40,64})\b/.exec(uri)?.[1] ?? []);
}

/** What limits a report: what one run has left out must not count as told in the next. */
function limitsOf(call: Call): string {
  const values = (['refs', 'not'] as const).map((flag) => call.values(flag).join(' '));
  const single = (['since', 'unreachable', 'max-blob', 'min-confidence'] as const).map(
    (flag) => call.value(flag) ?? '',
  );
  return JSON.stringify([...values, ...single, call.has('show-unlikely')]);
}

/** A repository is known by its first commits; a state need not tell them. */
function hash(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}

/** The commits whose findings are reported; undefined: all, and what no commit has. */
async function onlyOf(call: Call, options: GitOptions): Promise<ReadonlySet<string> | undefined> {
  const [refs, not, since] = [call.values('refs'), call.values('not'), call.value('since')];
  if (refs.length === 0 && not.length === 0 && since === undefined) return undefined;
  for (const revision of not) {
    if ((await objectOf(`${revision}^{commit}`, options)) === undefined)
      throw usage('history', `--not: git knows no commit ${JSON.stringify(shown(revision))}`);
  }
  const commit = since === undefined ? undefined : await objectOf(`${since}^{commit}`, options);
  const date = commit === undefined ? since : undefined;
  if (date !== undefined && Number.isNaN(Date.parse(date)))
    throw usage('history', `--since must be a date like 2026-01-31 or a commit, not ${JSON.stringify(shown(date))}`);
  const exclude = commit === undefined ? not : [...not, commit];
  for (const pattern of refs) {
    if ((await reachableCommits({ refs: [pattern], exclude: [], since: undefined }, options)).size === 0)
      throw usage('history', `--refs: no branch or tag is like ${JSON.stringify(shown(pattern))}`);
  }
  return await reachableCommits({ refs, exclude, since: date }, options);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function sizeOf(call: Call): number | undefined {
  const text = call.value('max-blob');
  if (text === undefined) return undefined;
  const [, number, unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(text) ?? [];
  if (number === undefined)
    throw usage('history', `--max-blob must be a size like 10m, not ${JSON.stringify(shown(text))}`);
  return Number(number) * UNITS[unit.toLowerCase()]!;
}
