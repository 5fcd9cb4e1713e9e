import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unbroken, widthOf, wrapText } from '../../../src/lib/wrap.ts';
import { runs } from '../../support/runs.ts';

describe('wrapText', () => {
  it('breaks between words, with a hanging indent', () => {
    expect(wrapText('one two three four', { width: 12, indent: 2, hanging: 4 })).toEqual([
      '  one two',
      '    three',
      '    four',
    ]);
    expect(wrapText('one two', { width: 80 })).toEqual(['one two']);
  });

  it('never cuts a word, and keeps protected text in one line', () => {
    expect(wrapText('see https://gitlab.example.com/a/b here', { width: 10 })).toEqual([
      'see',
      'https://gitlab.example.com/a/b',
      'here',
    ]);
    const command = 'git restore --staged a.txt';
    expect(wrapText(`Undo: ${unbroken(command)} now`, { width: 20 })).toEqual(['Undo:', command, 'now']);
  });

  it('keeps line breaks and the spaces inside a line', () => {
    expect(wrapText('a\n\nb  c', { width: 80, indent: 1 })).toEqual([' a', '', ' b  c']);
  });

  it('loses no word, and exceeds the width for a single word only', () => {
    const words = fc.array(fc.stringMatching(/^[a-z/:.]{1,30}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 60 }), fc.nat({ max: 8 }), (list, width, hanging) => {
        const lines = wrapText(list.join(' '), { width, hanging });
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(list);
        for (const line of lines) expect(line.length <= width || !line.trim().includes(' ')).toBe(true);
      }),
      { numRuns: runs({ fast: 50, long: 1000 }) },
    );
  });
});

it('widthOf: that of the terminal, in limits', () => {
  expect(widthOf({ isTTY: false, columns: 100 })).toBe(80);
  expect(widthOf({ isTTY: true, columns: undefined })).toBe(80);
  expect(widthOf({ isTTY: true, columns: 0 })).toBe(80);
  expect([20, 60, 300].map((columns) => widthOf({ isTTY: true, columns }))).toEqual([40, 60, 120]);
});
