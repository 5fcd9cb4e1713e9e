/** Compiles rules to a rule set: the keywords that the kernel searches, and the forms to try at each. */

import { compareText } from '../model/order.ts';
import { GlaiveError } from '../model/errors.ts';
import { anchorsOfAssigned } from './assigned-anchors.ts';
import { assignedValuesOf } from './assigned-values.ts';
import type { RoutableForm, Rule } from '../model/rule.ts';
import {
  ASSIGNMENT_REACH,
  type Keyword,
  LOOK_AHEAD,
  type PatternTrial,
  ROUTABLE_REACH,
  type Ruleset,
  TOUCH_REACH,
  type Trial,
} from '../model/ruleset.ts';

/** An instance prefix (20 and a dash), and the escape sequence that may come before it. */
const INSTANCE_PREFIX_REACH = 32;

const NOTHING = '\u0001\u0002\u0003\u0004';

/**
 * @throws GlaiveError (`rules`) if two rules share an id
 */
export function compileRuleset(rules: readonly Rule[]): Ruleset {
  const sorted = rules.toSorted((a, b) => compareText(a.id, b.id));
  sorted.forEach((rule, index) => {
    if (sorted[index - 1]?.id === rule.id) throw new GlaiveError('rules', `two rules have the id ${rule.id}`);
  });

  const trials = new Map<string, Trial[]>();
  const add = (keyword: string, trial: Trial): void => {
    const list = trials.get(keyword);
    if (list === undefined) trials.set(keyword, [trial]);
    else if (trial.kind === 'pattern' || !list.some((other) => isSame(other, trial))) list.push(trial);
  };
  const alone: PatternTrial[] = [];
  let before = INSTANCE_PREFIX_REACH;
  let after = 0;
  for (const rule of sorted) {
    for (const form of rule.forms) {
      if (form.alone) {
        alone.push({ kind: 'pattern', rule, form });
        continue;
      }
      for (const keyword of form.keywords) add(keyword, { kind: 'pattern', rule, form });
      before = Math.max(before, form.lookBehind, ...(form.instances ?? []).map(({ length }) => length));
      after = Math.max(after, form.maxSpan + LOOK_AHEAD + (form.touchedBy === undefined ? 0 : TOUCH_REACH));
    }
    for (const form of rule.assigned) {
      for (const anchor of anchorsOfAssigned(form)) add(anchor, { kind: 'assignment' });
      before = Math.max(before, ASSIGNMENT_REACH.before + ASSIGNMENT_REACH.left);
      after = Math.max(after, ASSIGNMENT_REACH.after + ASSIGNMENT_REACH.right);
    }
    for (const form of rule.routable) {
      for (const anchor of anchorsOf(form)) add(anchor, { kind: 'routable', version: form.version });
      before = Math.max(before, ROUTABLE_REACH.before);
      after = Math.max(after, ROUTABLE_REACH.after);
    }
  }

  // The kernel needs at least one keyword, also if every form is `alone`.
  if (trials.size === 0) trials.set(NOTHING, []);
  const keywords: Keyword[] = [...trials]
    .map(([text, list]) => ({
      text,
      encoded: isWorthDecoding(text, list),
      isName: list.every(({ kind }) => kind === 'assignment'),
      trials: list,
    }))
    .toSorted((a, b) => compareText(a.text, b.text));
  const aloneMax = Math.max(0, ...alone.map(({ form }) => form.maxSpan));
  return {
    rules: sorted,
    keywords,
    routables: orderRoutables(sorted),
    assignments: sorted.flatMap((rule) => rule.assigned.map((form) => ({ rule, form }))),
    assignedValues: assignedValuesOf(sorted.flatMap((rule) => rule.assigned)),
    alone,
    aloneMax,
    reach: { before, after },
  };
}

function isWorthDecoding(keyword: string, trials: readonly Trial[]): boolean {
  // A keyword with an escape in it is not escaped once more.
  return (
    !keyword.includes('%') &&
    trials.some((trial) => trial.kind === 'routable' || (trial.kind === 'pattern' && trial.form.encoded))
  );
}

function isSame(a: Trial, b: Trial): boolean {
  if (a.kind === 'assignment') return b.kind === 'assignment';
  return a.kind === 'routable' && b.kind === 'routable' && a.version === b.version;
}

function anchorsOf(form: RoutableForm): readonly string[] {
  if (form.version !== 'none') return [`.${form.version}.`];
  return form.prefix === '' || form.prefix === '*' ? form.anchors : [form.prefix];
}

/** Known prefixes before unknown ones, longer before shorter; forms with payload keys before those without. */
function orderRoutables(rules: readonly Rule[]): Ruleset['routables'] {
  const rank = ({ prefix, payload }: RoutableForm): number =>
    (prefix === '*' || prefix === '' ? 2 : 0) + (payload.length === 0 ? 1 : 0);
  return rules
    .flatMap((rule) => rule.routable.map((form) => ({ rule, form })))
    .toSorted((a, b) => rank(a.form) - rank(b.form) || b.form.prefix.length - a.form.prefix.length);
}
