/**
 * Resolves the range of `glaive diff` to commits: the range that the user names, that of the CI job, or the commits that are not
 * upstream yet. Fetches missing commits if that is allowed.
 */

import { explainGitError } from '../git/git-error.ts';
import { fetchPromised } from '../git/partial.ts';
import { commitOf, isAncestor, isCut, objectOf } from '../git/resolve.ts';
import { GitError, type GitOptions, isStop } from '../git/spawn.ts';
import { showWord } from '../lib/show-word.ts';
import type { Gap } from '../model/gap.ts';
import type { Refused } from '../model/refused.ts';
import type { ComparedWith } from '../model/report.ts';
import type { Tip } from '../sources/tips.ts';
import type { Base, RangePlan } from './ci-range.ts';
import { fetchPlan, refreshBranches } from './fetch.ts';
import { isId, planRange } from './plan.ts';

/** The commits of a range. */
export interface ResolvedRange {
  readonly kind: 'range';
  /** Names it for people. */
  readonly why: string;
  readonly tips: readonly Tip[];
  readonly exclude: readonly string[];
  /** For the report. */
  readonly comparedWith: ComparedWith;
  /** What may differ from the server. */
  readonly notes: readonly string[];
  /** The hint for a history that ends too early. */
  readonly deepenHint: string;
  /** The hint for an object that a partial clone lacks. */
  readonly fetchHint: string;
}

/** A range, a refusal of what the user named, or a gap: the commits to compare with are not here. */
export type RangeOutcome = ResolvedRange | Refused | { readonly kind: 'gap'; readonly gap: Gap };

export interface RangeRequest {
  /** The range that the user names, such as `origin/main..HEAD`. */
  readonly named: string | undefined;
  readonly mayFetch: boolean;
  /** Names of branches may be anything, a secret too. */
  readonly redact: (text: string) => string;
  /** Gets the warnings of git. */
  readonly onWarning: (text: string) => void | Promise<void>;
}

const FULL_CLONE = 'GitLab CI: GIT_DEPTH: 0 in variables. GitHub: fetch-depth: 0 for actions/checkout.';

/** @throws GitError @throws GlaiveError for a name with several meanings */
export async function resolveRange(request: RangeRequest, given: GitOptions): Promise<RangeOutcome> {
  const { named, mayFetch, redact } = request;
  const warnings = new Set<string>();
  const options = { ...given, onWarning: (text: string) => void warnings.add(text) };
  const plan = await planRange(named, options);
  if (isRefused(plan)) return plan;
  const deepenHint = mayFetch
    ? `The remote did not give it. ${FULL_CLONE}`
    : `Let glaive fetch the missing commits: --fetch. Or fetch them before. ${FULL_CLONE}`;
  const isEnough = async (): Promise<boolean> => {
    const now = await resolvePlan(plan, options);
    return now !== undefined && !(await isCut({ include: [now.tip], exclude: now.exclude }, options));
  };
  const isStale = mayFetch && !(await refreshBranches(plan, options));
  if (mayFetch && !(await isEnough())) {
    const gap = await fetchPlan(plan, isEnough, deepenHint, options);
    if (gap !== undefined) return { kind: 'gap', gap };
  }
  const last = await resolvePlan(plan, options);
  if (last === undefined) return await missing(plan, request, deepenHint, options);
  for (const text of warnings) await request.onWarning(text);
  if (named !== undefined && (await isReversed(last, options))) return reversed(named);
  const fetchHint = mayFetch ? 'The remote did not give it.' : 'Let glaive fetch it: --fetch';
  if (mayFetch) {
    try {
      await fetchPromised({ include: [last.tip], exclude: last.exclude }, options);
    } catch (error) {
      if (!(error instanceof GitError) || isStop(error)) throw error;
      const explained = explainGitError(
        error,
        'git could not fetch the objects that this partial clone lacks',
        fetchHint,
      );
      return { kind: 'gap', gap: { kind: 'history', ...explained } };
    }
  }
  // A tag has a message of its own.
  const tip = (await objectOf(plan.ref?.startsWith('refs/tags/') === true ? plan.ref : plan.tip, options)) ?? last.tip;
  return {
    kind: 'range',
    why: plan.why,
    tips: [{ object: tip, ...(plan.ref === undefined ? {} : { ref: plan.ref }) }],
    exclude: last.exclude,
    comparedWith: comparedWith(plan, last, redact),
    notes: named === undefined ? branchNotes(plan, last, { mayFetch, isStale }).map(redact) : [],
    deepenHint,
    fetchHint,
  };
}

function isRefused(plan: RangePlan | Refused): plan is Refused {
  return 'kind' in plan;
}

function comparedWith(plan: RangePlan, { tip, bases }: ResolvedPlan, redact: (text: string) => string): ComparedWith {
  return {
    range: redact(plan.why),
    tip,
    bases: bases.map(({ commit, revision, chosen }) => ({
      commit,
      ...(isId(revision) ? {} : { ref: redact(revision) }),
      chosen,
    })),
  };
}

/** Notes on branches that the pipeline compares with and that may be older here than on the server. */
function branchNotes(
  { bases, also = [] }: RangePlan,
  resolved: ResolvedPlan,
  { mayFetch, isStale }: { readonly mayFetch: boolean; readonly isStale: boolean },
): string[] {
  if (mayFetch && !isStale) return [];
  const used = resolved.bases.filter(({ branch }) => branch !== undefined);
  const absent = also.filter(({ revision }) => !resolved.bases.some((base) => base.revision === revision));
  const name = ({ branch = '' }: Base): string => branch;
  const why = mayFetch ? 'the remote did not give it' : '--fetch asks the server';
  return [
    ...used.map(
      (base) => `${name(base)} is the one of this clone, ${base.commit.slice(0, 12)}, and may be old: ${why}`,
    ),
    ...absent
      .filter(({ branch }) => branch !== undefined && !bases.slice(0, 1).some((base) => base.branch === branch))
      .map((base) => `${name(base)} is not in this clone, so its commits count as new: ${why}`),
  ];
}

/** A plan in object ids. */
interface ResolvedPlan {
  readonly tip: string;
  readonly exclude: readonly string[];
  readonly bases: readonly (Base & { readonly commit: string })[];
}

/** Undefined where the tip or every base is missing here. */
async function resolvePlan(
  { tip, bases, also = [] }: RangePlan,
  options: GitOptions,
): Promise<ResolvedPlan | undefined> {
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
    return { tip: commit, exclude: all.map(({ commit: id }) => id), bases: all };
  }
  return undefined;
}

/** The outcome where commits of the plan are not here: names that git does not know are the user's mistake. */
async function missing(
  { tip, bases }: RangePlan,
  { named, mayFetch }: RangeRequest,
  hint: string,
  options: GitOptions,
): Promise<RangeOutcome> {
  const all = [tip, ...bases.map(({ revision }) => revision)];
  const commits = await Promise.all(all.map((revision) => commitOf(revision, options)));
  const absent = all.filter((_, index) => commits[index] === undefined);
  const names = absent.filter((revision) => !isId(revision));
  if (named !== undefined && !mayFetch && names.length > 0) {
    const words = names.map((name) => JSON.stringify(showWord(name))).join(' and no ');
    return {
      kind: 'refused',
      message: `git knows no commit ${words} (RANGE ${JSON.stringify(showWord(named))})`,
      hint: 'Is the name right? In a shallow or single-branch clone, fetch it first, or add --fetch.',
    };
  }
  const message = `the commit to compare with is not in this repository: ${absent.join(' and ')}`;
  return { kind: 'gap', gap: { kind: 'history', message, hint } };
}

/** The other way round a range holds no commits, and would look clean. */
async function isReversed({ tip, exclude: [base] }: ResolvedPlan, options: GitOptions): Promise<boolean> {
  return base !== undefined && base !== tip && (await isAncestor(tip, base, options));
}

function reversed(named: string): Refused {
  const turned = named
    .split(/\.{2,3}/)
    .toReversed()
    .join('..');
  const message = `RANGE ${showWord(named)} is the wrong way round: it holds no commits`;
  return { kind: 'refused', message, hint: `Try ${showWord(turned)}` };
}
