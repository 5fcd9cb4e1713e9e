/**
 * The places where people put GitLab tokens: whatever the syntax, a token is found there to the byte, with a prefix or without one, and
 * what is put there in place of a token is not reported.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expandExample, seededRandom } from '../../src/rules/examples.ts';
import { findReported } from '../support/find.ts';
import { fill, kindIn, type Place, readPlaces } from '../support/places.ts';
import { IS_LONG, runs } from '../support/runs.ts';
import { printTable } from '../support/table.ts';

const TOKENS = runs({ fast: 3, long: 100 });
/** Every so many of the texts that are no secrets are put into a place. */
const SAMPLED = runs({ fast: 4, long: 1 });
const places = readPlaces();
const noSecrets = readFileSync(join(import.meta.dirname, '..', 'data', 'no-secrets.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const random = seededRandom(24);
const counts = { places: places.length, unprefixed: 0, prefixed: 0, tokens: places.length * TOKENS, reported: 0 };

async function isFound(place: Place, token: string): Promise<boolean> {
  const { text, span } = fill(place, token);
  const found = await findReported(text);
  // The place of encoded text is not that of its bytes.
  return span === undefined
    ? found.length > 0
    : found.some(({ start, end }) => start === span.start && end === span.start + span.length);
}

async function foundIn(place: Place, mint: () => string): Promise<number> {
  let found = 0;
  for (let count = 0; count < TOKENS; count++) if (await isFound(place, mint())) found++;
  return found;
}

describe.each(places.map((place, index) => [place.name, index, place] as const))('%s', (_name, index, place) => {
  it('a token with a prefix is found to the byte', async () => {
    const found = await foundIn(place, () => `glpat-${expandExample('{devise:20}', random).text}`);
    counts.prefixed += found;
    expect(found).toBe(TOKENS);
  });

  it('a token without a prefix is found to the byte', async () => {
    const found = await foundIn(place, () => expandExample(`{${kindIn(place)}}`, random).text);
    counts.unprefixed += found;
    // One in some hundreds has the letters of one case only, or reads like words.
    expect(found).toBeGreaterThan(TOKENS * 0.6);
  });

  it('references, templates, masks and fakes are not reported', async () => {
    const reported: string[] = [];
    const sample = noSecrets.filter((_, at) => at % SAMPLED === index % SAMPLED);
    for (const value of sample) if ((await findReported(fill(place, value).text)).length > 0) reported.push(value);
    counts.reported += reported.length;
    expect(reported).toEqual([]);
  });
});

afterAll(() => {
  if (!IS_LONG) return;
  const share = (found: number): string => `${((100 * found) / counts.tokens).toFixed(2)} %`;
  printTable('Tokens in the places where people put them', [
    {
      places: counts.places,
      tokens: counts.tokens,
      'with a prefix': share(counts.prefixed),
      'without one': share(counts.unprefixed),
      'no secrets': places.length * noSecrets.length,
      reported: counts.reported,
    },
  ]);
});
