/** Patterns that can backtrack badly are refused, with the reason. */

import { expect, it } from 'vitest';
import { checkPattern } from '../../../src/lib/pattern-check.ts';

/** Milliseconds: the last of these takes recheck three seconds of a processor that does nothing else. */
const BUSY_MACHINE = 50_000;

it.each([
  ['nested repetition', '^(a+)+$', 'exponential'],
  ['repetitions side by side', String.raw`x\d*\d*y`, '2nd degree polynomial'],
  ['bounded, but still slow', String.raw`x(?:\n[ \t]{1,16}[^\n]{0,128}){0,8}\ny`, /./],
])('%s', async (_, pattern, complexity) => {
  const verdict = await checkPattern(pattern, BUSY_MACHINE);
  expect(verdict.kind).toBe('slow');
  expect(verdict.kind === 'slow' && verdict.complexity).toMatch(complexity);
});

it.each([String.raw`glpat-(?<body>[0-9A-Za-z_-]{20})(?![0-9A-Za-z_-])`, '(?<=echo (?<s>[a-z]{20}) )docker'])(
  'fast: %s',
  async (pattern) => {
    expect(await checkPattern(pattern)).toMatchObject({ kind: 'fast' });
  },
);
