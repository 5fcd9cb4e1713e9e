import { describe, expect, it } from 'vitest';
import { growthOf } from '../../../src/lib/partial-pattern.ts';
import { expandExample, seededRandom } from '../../../src/rules/examples.ts';
import { builtinRules } from '../../support/rules.ts';

const isOpen = (pattern: string, text: string): boolean => growthOf(pattern)(text, 0);

describe('a partial pattern', () => {
  it.each([
    ['abc', 'ab', true],
    ['abc', 'ax', false],
    ['a[bc]{3}d', 'abc', true],
    ['a[bc]{3}d', 'abcc', true],
    ['a[bc]{3}d', 'abccb', false],
    ['(?:x|yz)+!', 'xy', true],
    ['(?:\\n(?!END)[A-Z]+)+(?:\\nEND)?', '\nAB\nEN', true],
    ['(?:x|yz)+! ', 'xyx!', false],
    ['a(?=bc)b', 'ab', true],
    ['a(?!b)c?', 'ac', true],
    ['a\\.b', 'a.', true],
    ['a\\.b', 'ax', false],
    ['[^\\]]+\\]', 'abc', true],
    ['ab c*(?<![a-z])d', 'ab', true],
    ['ab c*(?<= )d', 'a', true],
    ['ab c*(?<![a-z])d', 'ab cd', false],
  ])('%s may go on after %j: %s', (pattern, text, open) => {
    expect(isOpen(pattern, text)).toBe(open);
  });

  it('of every rule is open at every place within its examples', () => {
    let places = 0;
    for (const rule of builtinRules) {
      for (const form of rule.forms) {
        for (const example of form.examples) {
          const { text } = expandExample(example, seededRandom(11));
          const exact = new RegExp(form.pattern, 'g');
          for (const match of text.matchAll(exact)) {
            const end = match.index + match[0].length;
            const mayGrow = growthOf(form.pattern);
            for (let cut = match.index + 1; cut < end; cut += 1 + Math.floor((end - match.index) / 40)) {
              expect([rule.id, form.name, cut, mayGrow(text.slice(0, cut), match.index)]).toEqual([
                rule.id,
                form.name,
                cut,
                true,
              ]);
              places++;
            }
          }
        }
      }
    }
    expect(places).toBeGreaterThan(2000);
  });
});
