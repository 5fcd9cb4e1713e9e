/** Which commits `glaive diff` looks at: those that somebody names, those of the pipeline, or what is not upstream yet. */

import { commitOf, fetchUntil, haveCommon, isAncestor, isCut, objectOf, type ResolveOptions } from '../git/resolve.ts';
import { toldOf } from '../git/git-error.ts';
import { fetchPromised } from '../git/partial.ts';
import { GitError, type GitOptions, isStop } from '../git/spawn.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { printable } from '../lib/printable.ts';
import { GlaiveError } from '../model/errors.ts';
import type { ComparedWith } from '../model/report.ts';
import type { Gap } from '../model/gap.ts';
import type { Io } from '../model/io.ts';
import { type Base, type RangePlan, rangeOfPipeline } from '../range/ci-range.ts';
import { createTextRedactor } from '../scan/redact-text.ts';
import type { Tip } from '../sources/tips.ts';
import { shown, usage } from './args/parse.ts';

/** What there is to walk. */
export interface ResolvedRange {
  readonly why: string;
  readonly tips: readonly Tip[];
  readonly exclude: readonly string[];
  /** For the report. */
  readonly comparedWith: ComparedWith;
  /** What may not be as on the server. */
  readonly notes: readonly string[];
  /** What helps when the history ends too early. */
  readonly deepenHint: string;
  /** What helps where a partial clone lacks something. */
  readonly fetchHint: string;
}

const FULL_CLONE = 'GitLab CI: GIT_DEPTH: 0 in variables. GitHub: fetch-depth: 0 for actions/checkout.';

/** @returns a gap when what there is to compare with is not here */
export async function resolveRange(
  named: string | undefined,
  mayFetch: boolean,
  io: Io,
  given: GitOptions,
): Promise<ResolvedRange | Gap> {
  const warnings = new Set<string>();
  const options = { ...given, onWarning: (text: string) => void warnings.add(text) };
  const plan =
    named === undefined ? (rangeOfPipeline(io.env, readEvent) ?? (await upstreamPlan(options))) : planOf(named);
  const deepenHint = mayFetch
    ? `The remote did not give it. ${FULL_CLONE}`
    : `Let glaive fetch what is missing: --fetch. Or fetch it before. ${FULL_CLONE}`;
  const isEnough = async (): Promise<boolean> => {
    const now = await resolvePlan(plan, options);
    return now !== undefined && !(await isCut({ include: [now.tip], exclude: now.exclude }, options));
  };
  const isStale = mayFetch && !(await refreshBranches(plan, options));
  if (mayFetch && !(await isEnough())) {
    const problem = await fetchPlan(plan, isEnough, deepenHint, options);
    if (problem !== undefined) return problem;
  }
  const last = await resolvePlan(plan, options);
  if (last === undefined) {
    if (named !== undefined && !mayFetch) await refuseUnknown(plan, named, options);
    const revisions = (await unknownOf(plan, options)).join(' and ');
    return {
      kind: 'history',
      message: `what the change is to be compared with is not in this repository: ${revisions}`,
      hint: deepenHint,
    };
  }
  for (const text of warnings)
    await io.stderr.write(`glaive: note: git warns: ${printable(createTextRedactor()(text))}\n`);
  if (named !== undefined) await refuseReversed(last, named, options);
  const fetchHint = mayFetch ? 'The remote did not give it.' : 'Let glaive fetch it: --fetch';
  if (mayFetch) {
    try {
      await fetchPromised({ include: [last.tip], exclude: last.exclude }, options);
    } catch (error) {
      if (!(error instanceof GitError) || isStop(error)) throw error;
      return { kind: 'history', ...toldOf(error, 'git could not fetch what this partial clone lacks', fetchHint) };
    }
  }
  // A tag has a message of its own.
  const tip = (await objectOf(plan.ref?.startsWith('refs/tags/') === true ? plan.ref : plan.tip, options)) ?? last.tip;
  // Names of branches are strangers' text.
  const safe = createTextRedactor();
  return {
    why: plan.why,
    tips: [{ object: tip, ...(plan.ref === undefined ? {} : { ref: plan.ref }) }],
    exclude: last.exclude,
    comparedWith: {
      range: safe(plan.why),
      tip: last.tip,
      bases: last.bases.map(({ commit, revision, chosen }) => ({
        commit,
        ...(isId(revision) ? {} : { ref: safe(revision) }),
        chosen,
      })),
    },
    notes: named === undefined ? branchNotes(plan, last, mayFetch, isStale).map(safe) : [],
    deepenHint,
    fetchHint,
  };
}

/**
 * Fetches the branches that are compared with, as the server has them now: a clone that a runner uses again has them as they
 * were when somebody last fetched them. In a shallow clone until they meet what is compared.
 *
 * @returns whether all of them are new
 */
async function refreshBranches({ tip, bases, also = [] }: RangePlan, options: GitOptions): Promise<boolean> {
  const refs = new Map([...bases, ...also].flatMap((base) => refspecOf(base).map((spec) => [spec, base.revision])));
  let areNew = true;
  for (const [refspec, revision] of refs) {
    const meets = async (): Promise<boolean> => {
      const [branch, end] = [await commitOf(revision, options), await commitOf(tip, options)];
      return branch !== undefined && (end === undefined || (await haveCommon(branch, end, options)));
    };
    try {
      const end = await commitOf(tip, options);
      await fetchUntil([refspec], [refspec, ...(end === undefined ? [] : [end])], meets, options);
    } catch (error) {
      if (!(error instanceof GitError) || isStop(error)) throw error;
      areNew = false;
    }
  }
  return areNew;
}

/** What a pipeline compares with, and may not be as the server has it. */
function branchNotes({ bases, also = [] }: RangePlan, known: Known, mayFetch: boolean, isStale: boolean): string[] {
  const used = known.bases.filter(({ branch }) => branch !== undefined);
  const missing = also.filter(({ revision }) => !known.bases.some((base) => base.revision === revision));
  const name = ({ branch = '' }: Base): string => branch;
  if (mayFetch && !isStale) return [];
  const why = mayFetch ? 'the remote did not give it' : '--fetch asks the server';
  return [
    ...used.map(
      (base) => `${name(base)} is the one of this clone, ${base.commit.slice(0, 12)}, and may be old: ${why}`,
    ),
    ...missing
      .filter(({ branch }) => branch !== undefined && !bases.slice(0, 1).some((base) => base.branch === branch))
      .map((base) => `${name(base)} is not in this clone, so what comes from it counts as new: ${why}`),
  ];
}

/** Bytes; GitHub sends no larger events. */
const EVENT_MAX = 32 * 1024 * 1024;

function readEvent(path: string): unknown {
  try {
    const text = readOptionalFile(path, { max: EVENT_MAX });
    if (text === undefined) throw new Error('no such file');
    return JSON.parse(text);
  } catch (error) {
    throw new GlaiveError('usage', `diff: cannot read the event file ${path}: ${(error as Error).message}`, {
      hint: 'GitHub Actions writes it (GITHUB_EVENT_PATH). Else name a RANGE: glaive diff origin/main..HEAD',
      cause: error,
    });
  }
}

/** `A..B`, `A...B` and `A` all mean what B has and A has not. */
function planOf(named: string): RangePlan {
  const [, from = '', to = ''] = /^(.*?)\.{2,3}(.*)$/s.exec(named) ?? ['', named];
  if (from === '' || from.startsWith('-') || to.startsWith('-'))
    throw usage('diff', `RANGE must be like origin/main..HEAD, not ${JSON.stringify(shown(named))}`);
  return { why: named, tip: to === '' ? 'HEAD' : to, bases: [{ revision: from, chosen: 'as named' }] };
}

async function upstreamPlan(options: ResolveOptions): Promise<RangePlan> {
  if ((await commitOf('@{upstream}', options)) === undefined) {
    throw usage(
      'diff',
      'no RANGE was given, this is no CI job that glaive knows, and the branch has no upstream',
      'Name what to compare with: glaive diff origin/main..HEAD',
    );
  }
  return { why: '@{upstream}..HEAD', tip: 'HEAD', bases: [{ revision: '@{upstream}', chosen: 'the upstream branch' }] };
}

interface Known {
  readonly tip: string;
  readonly exclude: readonly string[];
  readonly bases: readonly (Base & { readonly commit: string })[];
}

/** The plan in object ids; undefined when something that it needs is not here. */
async function resolvePlan({ tip, bases, also = [] }: RangePlan, options: ResolveOptions): Promise<Known | undefined> {
  const commit = await commitOf(tip, options);
  if (commit === undefined) return undefined;
  if (bases.length === 0) return { tip: commit, exclude: [], bases: [] };
  const resolve = async (base: Base): Promise<(Base & { commit: string })[]> => {
    const id = await commitOf(base.revision, options);
    return id === undefined ? [] : [{ ...base, commit: id }];
  };
  for (const candidate of bases) {
    const [base] = await resolve(candidate);
    if (base === undefined) continue;
    const others = (await Promise.all(also.map(resolve))).flat();
    const all = [base, ...others.filter(({ revision }) => revision !== base.revision)];
    return { tip: commit, exclude: all.map((each) => each.commit), bases: all };
  }
  return undefined;
}

async function unknownOf({ tip, bases }: RangePlan, options: ResolveOptions): Promise<string[]> {
  const all = [tip, ...bases.map(({ revision }) => revision)];
  const commits = await Promise.all(all.map((revision) => commitOf(revision, options)));
  return all.filter((_, index) => commits[index] === undefined);
}

async function fetchPlan(
  { tip, bases }: RangePlan,
  isEnough: () => Promise<boolean>,
  deepenHint: string,
  options: GitOptions,
): Promise<Gap | undefined> {
  const tipId = await commitOf(tip, options);
  // A branch that was not cloned is fetched by its name on the remote.
  const branchOfTip = tipId === undefined ? refspecOf({ revision: tip, chosen: 'as named' }) : [];
  const wanted = [
    ...bases.flatMap((base) => (isId(base.revision) ? [base.revision] : refspecOf(base))),
    ...branchOfTip,
  ];
  const tips = branchOfTip.length > 0 ? branchOfTip : [tipId ?? tip];
  try {
    // One that was pushed away must not keep the others from being fetched.
    let problem: GitError | undefined;
    for (const each of wanted.length === 0 ? [undefined] : wanted) {
      const alone = each === undefined ? [] : [each];
      const all = [...alone, ...tips];
      try {
        if (await fetchUntil(alone, all, isEnough, options)) return undefined;
      } catch (error) {
        if (!(error instanceof GitError) || isStop(error)) throw error;
        problem = error;
      }
    }
    if (problem === undefined || (await isEnough())) return undefined;
    throw problem;
  } catch (error) {
    if (!(error instanceof GitError) || isStop(error)) throw error;
    return { kind: 'history', ...toldOf(error, 'git could not fetch what is missing', deepenHint) };
  }
}

/** A branch of the remote, such as `origin/main`, as it is fetched; other names are this repository's own. */
function refspecOf({ revision, branch: given }: Base): string[] {
  const [, branch = given] = /^(?:refs\/remotes\/)?origin\/([^~^:@{]+)$/.exec(revision) ?? [];
  return branch === undefined ? [] : [`+refs/heads/${branch}:refs/remotes/origin/${branch}`];
}

function isId(revision: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(revision);
}

async function refuseUnknown(plan: RangePlan, named: string, options: GitOptions): Promise<void> {
  const unknown = (await unknownOf(plan, options)).filter((revision) => !isId(revision));
  if (unknown.length === 0) return;
  throw usage(
    'diff',
    `git knows no commit ${unknown.map((each) => JSON.stringify(shown(each))).join(' and no ')} (RANGE ${JSON.stringify(shown(named))})`,
    'Is the name right? In a shallow or single-branch clone, fetch it first, or add --fetch.',
  );
}

/** The other way round it holds nothing, and looks clean. */
async function refuseReversed({ tip, exclude }: Known, named: string, options: GitOptions): Promise<void> {
  const [base] = exclude;
  if (base === undefined || base === tip || !(await isAncestor(tip, base, options))) return;
  const turned = named
    .split(/\.{2,3}/)
    .toReversed()
    .join('..');
  throw usage('diff', `RANGE ${shown(named)} is the wrong way round: it holds no commits`, `Try ${shown(turned)}`);
}
