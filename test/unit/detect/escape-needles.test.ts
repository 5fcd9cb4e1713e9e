import { describe, expect, it } from 'vitest';
import { escapeNeedles } from '../../../src/detect/encodings/escape-needles.ts';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { Random } from '../../support/mint.ts';
import { runs } from '../../support/runs.ts';

const keywords = builtinRuleset()
  .keywords.filter(({ trials }) =>
    trials.some((trial) => trial.kind === 'routable' || (trial.kind === 'pattern' && trial.form.encoded)),
  )
  .map(({ text }) => text)
  .filter((text) => !text.includes('%'));

const code = (character: string): number => character.charCodeAt(0);
const hex = (character: string): string => code(character).toString(16).padStart(2, '0');
const STYLES: readonly ((character: string) => string)[] = [
  (character) => `%${hex(character)}`,
  (character) => `%${hex(character).toUpperCase()}`,
  (character) => `%25${hex(character)}`,
  (character) => `\\u00${hex(character)}`,
  (character) => `\\\\u00${hex(character).toUpperCase()}`,
  (character) => `\\U000000${hex(character)}`,
  (character) => `\\x${hex(character)}`,
  (character) => `\\\\x${hex(character)}`,
  (character) => `\\u{${hex(character)}}`,
  (character) => `\\x{000${hex(character)}}`,
  (character) => `\\${code(character).toString(8).padStart(3, '0')}`,
  (character) => `%5Cu00${hex(character)}`,
  (character) => `%5cx${hex(character)}`,
  (character) => `%5C${code(character).toString(8).padStart(3, '0')}`,
  (character) => `%26#${code(character)};`,
  (character) => `%26%23x${hex(character)};`,
  (character) => `&#${code(character)};`,
  (character) => `&#00${code(character)};`,
  (character) => `&#x${hex(character)};`,
  (character) => `&#X0${hex(character)};`,
  (character) => `%u00${hex(character)}`,
  (character) => `%25u00${hex(character)}`,
  (character) => `\\0${code(character).toString(8).padStart(3, '0')}`,
  (character) => `\\o{${code(character).toString(8)}}`,
  (character) => `\\N{U+${hex(character)}}`,
  (character) => `&amp;#${code(character)};`,
];
const QUOTED = [
  ...STYLES,
  (character: string) => `=${hex(character).toUpperCase()}`,
  (character: string) => `=3D${hex(character)}`,
  (character: string) => `=5Cx${hex(character)}`,
];

describe.each([
  ['escaped', STYLES],
  ['quoted-printable', QUOTED],
] as const)('needles of %s keywords', (dialect, styles) => {
  it('one is in every text in which a character of the keyword is escaped, or the keyword begins it', () => {
    const random = new Random(8);
    for (const keyword of keywords) {
      const needles = escapeNeedles(keyword, dialect);
      for (let count = 0; count < runs({ fast: 200, long: 20_000 }); count++) {
        const often = random.pick([2, 5, 20]);
        const text = Array.from(keyword, (character) =>
          random.below(often) === 0 ? random.pick(styles)(character) : character,
        ).join('');
        if (text !== keyword && !needles.some((needle) => text.includes(needle.text))) expect(text).toBe(keyword);
      }
    }
  });

  it('a needle has at least four bytes, and its escape where it says', () => {
    for (const { text, escapeAt } of keywords.flatMap((keyword) => escapeNeedles(keyword, dialect))) {
      expect(text.length).toBeGreaterThanOrEqual(4);
      // Or an invisible character, or the end of an escape for HTML in HTML.
      if (escapeAt !== undefined) expect(text[escapeAt]).toMatch(/[%\\&=;\u0080-\u00ff]/);
    }
  });
});
