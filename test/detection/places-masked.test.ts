/** What a name before it, or anything on its line, shows to be a token is masked in a stream, however the stream is cut. */

import { expect, it } from 'vitest';
import { mayBeGenerated } from '../../src/detect/assignments/generated.ts';
import { expandExample, seededRandom } from '../../src/rules/examples.ts';
import { maskText } from '../support/mask-text.ts';
import { IS_LONG, some } from '../support/runs.ts';
import { fill, kindIn, readPlaces } from '../support/places.ts';

/** Only a line behind the token shows what it is: a stream does not wait for that. */
const SHOWN_BY_NEXT_LINES = new Set([
  'Kubernetes: env, value first',
  'glab: token before the host',
  'dotenv: registration token',
  'dotenv: runner',
  'gitlab.rb: mail',
  'Postman: Bearer',
  'python constant and use',
  'k8s env reversed quoted',
  'shell local var',
  'clap, default before its field',
]);
const random = seededRandom(31);
const places = readPlaces().filter(({ name }) => !SHOWN_BY_NEXT_LINES.has(name));

it.each(
  some(
    places.map((place, index) => [place.name, index, place] as const),
    250,
  ),
)('%s', (_name, index, place) => {
  const token = tokenOf(kindIn(place));
  const { text, span } = fill(place, token);
  const whole = maskText(Buffer.from(text));
  expect(whole.leaks).toBe(1);
  if (span !== undefined) expect(whole.text.includes(token)).toBe(false);
  const lengths = function* (): Generator<number> {
    for (;;) yield 1 + random(7);
  };
  // However a text is cut, the same is masked: not every place needs every cut.
  const cuts = IS_LONG || index % 9 === 0 ? [lengths(), lengths(), repeated(1)] : index % 3 === 0 ? [lengths()] : [];
  for (const pieces of cuts)
    expect(maskText(Buffer.from(text), { pieces }).text.toString()).toBe(whole.text.toString());
});

function tokenOf(kind: string): string {
  const { text } = expandExample(`{${kind}}`, random);
  // One in some hundreds has the letters of one case only, or reads like words.
  return kind !== 'devise:20' || mayBeGenerated(text) ? text : tokenOf(kind);
}

function* repeated(length: number): Generator<number> {
  for (;;) yield length;
}
