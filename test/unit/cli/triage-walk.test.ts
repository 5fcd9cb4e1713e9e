/** The state of `glaive triage`: every sequence of keys leads to a card that exists, and to numbers that add up. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  back,
  decide,
  exitCodeOf,
  isOver,
  type Outcome,
  startWalk,
  tallyOf,
  tallyText,
  type Walk,
} from '../../../src/cli/commands/triage/walk.ts';

const OUTCOMES: readonly Outcome[] = ['accepted', 'revoked', 'inactive', 'failed', 'skipped'];

function after(cards: number, ...steps: readonly (Outcome | 'back')[]): Walk {
  return steps.reduce(
    (walk, step) => (step === 'back' ? back(walk) : isOver(walk) ? walk : decide(walk, step)),
    startWalk(cards),
  );
}

describe('the walk', () => {
  it('goes from card to card, and is over after the last', () => {
    expect(after(2).at).toBe(0);
    expect(after(2, 'skipped').at).toBe(1);
    expect(isOver(after(2, 'skipped'))).toBe(false);
    expect(isOver(after(2, 'skipped', 'accepted'))).toBe(true);
    expect(isOver(after(0))).toBe(true);
  });

  it('goes back as far as the first card', () => {
    expect(after(3, 'skipped', 'skipped', 'back').at).toBe(1);
    expect(after(3, 'skipped', 'back', 'back', 'back').at).toBe(0);
  });

  it('stays on a card whose revocation failed, and forgets the failure once it is settled in another way', () => {
    const failed = after(2, 'failed');
    expect([failed.at, tallyOf(failed).failed, exitCodeOf(tallyOf(failed), false)]).toEqual([0, 1, 2]);
    const settled = tallyOf(after(1, 'failed', 'accepted'));
    expect([settled.failed, settled.remaining, exitCodeOf(settled, false)]).toEqual([0, 0, 0]);
  });

  it('a decision is not taken back by going back and on', () => {
    expect(tallyOf(after(1, 'accepted', 'back', 'skipped'))).toMatchObject({ accepted: 1, skipped: 0, remaining: 0 });
    expect(tallyOf(after(1, 'skipped', 'back', 'accepted'))).toMatchObject({ accepted: 1, skipped: 0, remaining: 0 });
    expect(tallyOf(after(1, 'revoked', 'back', 'accepted'))).toMatchObject({ accepted: 1, revoked: 1, remaining: 0 });
  });

  it('has the exit code of what remains', () => {
    expect(exitCodeOf(tallyOf(after(3, 'accepted', 'revoked', 'inactive')), false)).toBe(0);
    expect(exitCodeOf(tallyOf(after(2, 'accepted')), false)).toBe(1);
    expect(exitCodeOf(tallyOf(after(1, 'accepted')), true)).toBe(2);
  });

  it('says it in one line', () => {
    expect(tallyText(tallyOf(after(4, 'accepted', 'skipped', 'failed', 'skipped')))).toBe(
      'accepted 1, revoked 0, skipped 2, failed 1; 3 remain',
    );
    expect(tallyText(tallyOf(after(1, 'inactive')))).toBe(
      'accepted 0, revoked 0, skipped 0, inactive 1; nothing remains',
    );
  });

  it('whatever is pressed', () => {
    const steps = fc.array(fc.constantFrom(...OUTCOMES, 'back' as const), { maxLength: 20 });
    fc.assert(
      fc.property(fc.nat(5), steps, (cards, pressed) => {
        const walk = after(cards, ...pressed);
        const tally = tallyOf(walk);
        expect(walk.at).toBeGreaterThanOrEqual(0);
        expect(walk.at).toBeLessThanOrEqual(cards);
        expect(walk.outcomes).toHaveLength(cards);
        const settled = walk.outcomes.filter((some) => OUTCOMES.slice(0, 3).some((outcome) => some.has(outcome)));
        expect(tally.remaining + settled.length).toBe(cards);
      }),
    );
  });
});
