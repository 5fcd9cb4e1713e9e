/** The state of `glaive triage`: which card is shown, and what was decided about each. Pure: no terminal, no files. */

import { EXIT, type ExitCode } from '../../../model/io.ts';

/**
 * What became of a secret. `inactive`: the server says so. `failed`: a request failed, or it could not be checked; it remains.
 * `skipped`: it remains.
 */
export type Outcome = 'accepted' | 'revoked' | 'inactive' | 'failed' | 'skipped';

export interface Walk {
  /** The index of the card that is shown; the number of cards after the last one. */
  readonly at: number;
  /** Of each card, in the order of the cards. */
  readonly outcomes: readonly ReadonlySet<Outcome>[];
}

/** @param cards their number */
export function startWalk(cards: number): Walk {
  return { at: 0, outcomes: Array.from({ length: cards }, () => new Set<Outcome>()) };
}

export function isOver({ at, outcomes }: Walk): boolean {
  return at >= outcomes.length;
}

/** Notes what became of the secret on the card. A failure stays on the card, so that another way can be chosen. */
export function decide(walk: Walk, outcome: Outcome): Walk {
  const outcomes = walk.outcomes.map((before, index) => {
    if (index !== walk.at) return before;
    // Who goes back and on again has not taken a decision back.
    if (outcome === 'skipped' && isSettled(before)) return before;
    return new Set([...before, outcome]);
  });
  return { at: outcome === 'failed' ? walk.at : walk.at + 1, outcomes };
}

/** The card before; the first one stays. */
export function back({ at, outcomes }: Walk): Walk {
  return { at: Math.max(0, at - 1), outcomes };
}

/** Whether a secret needs no action any more. */
export function isSettled(outcomes: ReadonlySet<Outcome>): boolean {
  return outcomes.has('accepted') || outcomes.has('revoked') || outcomes.has('inactive');
}

/** Secrets by what became of them. */
export interface Tally {
  readonly accepted: number;
  readonly revoked: number;
  readonly inactive: number;
  /** Not settled. */
  readonly skipped: number;
  /** Not settled. */
  readonly failed: number;
  /** Not settled: skipped and failed ones, and those that were not reached. */
  readonly remaining: number;
}

export function tallyOf({ outcomes }: Walk): Tally {
  const open = outcomes.filter((some) => !isSettled(some));
  const count = (among: readonly ReadonlySet<Outcome>[], outcome: Outcome): number =>
    among.filter((some) => some.has(outcome)).length;
  return {
    accepted: count(outcomes, 'accepted'),
    revoked: count(outcomes, 'revoked'),
    inactive: count(outcomes, 'inactive'),
    skipped: count(open, 'skipped'),
    failed: count(open, 'failed'),
    remaining: open.length,
  };
}

/** 0 nothing remains, 1 something does, 2 something could not be read, checked or revoked. */
export function exitCodeOf({ failed, remaining }: Tally, isIncomplete: boolean): ExitCode {
  if (failed > 0 || isIncomplete) return EXIT.incomplete;
  return remaining > 0 ? EXIT.findings : EXIT.clean;
}

/** `accepted 1, revoked 2, skipped 3; 4 remain`. */
export function tallyText({ accepted, revoked, inactive, skipped, failed, remaining }: Tally): string {
  const parts = [
    `accepted ${accepted}`,
    `revoked ${revoked}`,
    `skipped ${skipped}`,
    ...(inactive === 0 ? [] : [`inactive ${inactive}`]),
    ...(failed === 0 ? [] : [`failed ${failed}`]),
  ];
  return `${parts.join(', ')}; ${remaining === 0 ? 'nothing remains' : `${remaining} ${remaining === 1 ? 'remains' : 'remain'}`}`;
}
