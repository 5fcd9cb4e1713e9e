/**
 * The suite that every kernel passes: hono's pattern of one exported suite that takes a constructor. The referee is
 * the naive search, which is too simple to be wrong.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needlesOf } from '../../src/detect/needles.ts';
import { isLineBreak, needleIndexOf, packLineBreak, positionOf } from '../../src/detect/search/hit.ts';
import type { Kernel, KernelFactory } from '../../src/detect/search/kernel.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';

/** A hit, unpacked. */
type Occurrence = readonly [position: number, needle: number];

/** Every occurrence of every literal, in the order that a kernel must give. */
export function naiveFind(literals: readonly string[], text: string, from: number, to: number): Occurrence[] {
  const hits: Occurrence[] = [];
  literals.forEach((literal, id) => {
    for (
      let at = text.indexOf(literal, from);
      at >= 0 && at + literal.length <= to;
      at = text.indexOf(literal, at + 1)
    ) {
      hits.push([at, id]);
    }
  });
  return hits.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
}

const BUILTIN = builtinRuleset().keywords.map((literal) => literal.text);
/** Those, and pieces of them as encodings write them. */
export const builtinNeedles = needlesOf(builtinRuleset().keywords).map(({ text }) => text);

/** Text that is mostly pieces of the literals, so that near misses and overlaps are the rule. */
function adversarial(literals: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...literals),
    fc.constantFrom(...literals).chain((literal) => fc.nat(literal.length).map((length) => literal.slice(0, length))),
    fc.constantFrom(...literals).chain((literal) => fc.nat(literal.length).map((start) => literal.slice(start))),
    fc.nat(255).map((byte) => String.fromCharCode(byte)),
    fc.constantFrom('-', 'g', 'gl', '\0', '\xff', '\n'),
  );
  return fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
}

/** Lines of what may be encoded, some of them broken within a literal. */
export function brokenLines(literals: readonly string[]): fc.Arbitrary<string> {
  const filler = fc.nat(40).map((length) => 'Zm9vYmFy'.repeat(6).slice(0, length));
  const end = fc.constantFrom('\n', '\n', '\r\n', '=\n', '=\r\n');
  const cut = fc
    .tuple(fc.constantFrom(...literals), fc.nat(), end, fc.constantFrom('', '', ' ', '\t  ', '=2D'))
    .map(([literal, at, feed, indent]) => {
      const to = at % (literal.length + 1);
      return `${literal.slice(0, to)}${feed}${indent}${literal.slice(to)}`;
    });
  const other = fc.constantFrom('%', '\\-', '&#45;', '=2', ' ', '.', '\r', 'e\u00e9', 'x');
  return fc.array(fc.oneof(filler, cut, end, other), { maxLength: 14 }).map((parts) => parts.join(''));
}

/** The line feeds that are within a literal, if the text goes on behind them and an indent, or behind a soft line break. */
function naiveSplits(literals: readonly string[], text: string): number[] {
  return [...text.matchAll(/(?<=(=?)(\r?))\n(?=([ \t\r]*))/g)]
    .filter(({ index, 1: equals = '', 2: cr = '', 3: blanks = '' }) => {
      const indent = equals === '' ? blanks.length : 0;
      const before = text.slice(0, index - cr.length - equals.length);
      const joined = before + text.slice(index + 1 + indent);
      const isAcross = (literal: string): boolean => {
        const from = Math.max(0, before.length - literal.length + 1);
        const at = joined.slice(0, before.length + literal.length - 1).indexOf(literal, from);
        return at >= 0 && at < before.length;
      };
      return literals.some(isAcross);
    })
    .map(({ index }) => index);
}

/** The bytes that a kernel may search in one go: hits on both sides of such a place belong to one list. */
const STEP = 32 * 1024;
/** Bytes for the longest of the random texts. */
const ROOM = 4096;

/** Literals that share their first eight bytes, or their last ones, or all bytes but one. */
function similar(length: number): string[] {
  const base = Array.from({ length }, (_, index) => String.fromCharCode(0x61 + (index % 23))).join('');
  const changed = (at: number): string => `${base.slice(0, at)}~${base.slice(at + 1)}`;
  return [base, ...Array.from(base, (_, at) => changed(at))];
}

/** @param runs how many random cases each property gets */
export function describeKernel(createKernel: KernelFactory, runs: number): void {
  const hitsBy = (kernel: Kernel, text: string, from = 0, to = text.length, offset = 0): Occurrence[] => {
    // What lies outside the range must not matter.
    kernel.bytes.fill('g'.charCodeAt(0));
    kernel.bytes.set(Buffer.from(text, 'latin1'), offset);
    return kernel.find(offset + from, offset + to).map((hit) => [positionOf(hit) - offset, needleIndexOf(hit)]);
  };
  const hitsOf = (literals: readonly string[], text: string, from = 0, to = text.length, offset = 0): Occurrence[] =>
    hitsBy(createKernel({ texts: literals }, text.length + offset + 64), text, from, to, offset);

  /** For many short texts: making a kernel takes longer than searching one. */
  const shared = createKernel({ texts: ['glpat-'] }, ROOM);

  const breaksOf = (kernel: Kernel, offset: number, length: number): number[] => {
    const hits = kernel.lineBreaks(offset, offset + length);
    expect(hits.every(isLineBreak)).toBe(true);
    return hits.map((hit) => positionOf(hit) - offset);
  };

  describe('finds what the naive search finds', () => {
    it('in texts made of pieces of the built-in literals', () => {
      const kernel = createKernel({ texts: BUILTIN }, ROOM);
      fc.assert(
        fc.property(adversarial(BUILTIN), (text) => {
          expect(hitsBy(kernel, text)).toEqual(naiveFind(BUILTIN, text, 0, text.length));
        }),
        { numRuns: runs },
      );
    });

    it('in random bytes, for random literals, at any alignment and in any range', () => {
      const alphabet = fc.constantFrom('a', 'b', '-', '\0', '\xff');
      const literal = fc.array(alphabet, { minLength: 4, maxLength: 9 }).map((letters) => letters.join(''));
      const cases = fc.tuple(
        fc.uniqueArray(literal, { minLength: 1, maxLength: 12 }),
        fc.array(alphabet, { maxLength: 120 }).map((letters) => letters.join('')),
        fc.nat(120),
        fc.nat(120),
        fc.nat(40),
      );
      fc.assert(
        fc.property(cases, ([literals, text, a, b, offset]) => {
          const from = Math.min(a, b, text.length);
          const to = Math.min(Math.max(a, b), text.length);
          expect(hitsOf(literals, text, from, to, offset)).toEqual(naiveFind(literals, text, from, to));
        }),
        { numRuns: runs },
      );
    });
  });

  it('finds literals that start with one another, at one position, in order of id', () => {
    expect(hitsOf(['glrt-', 'glrt-t1_', 'lrt-'], 'xglrt-t1_')).toEqual([
      [1, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it('finds nothing in nothing, and nothing that reaches beyond the range', () => {
    expect(hitsOf(['glpat-'], '')).toEqual([]);
    expect(hitsOf(['glpat-'], 'glpat-', 0, 5)).toEqual([]);
    expect(hitsOf(['glpat-'], 'glpat-', 1, 6)).toEqual([]);
    expect(hitsOf(['glpat-'], 'glpat-', 0, 6)).toEqual([[0, 0]]);
  });

  it('counts lines, the ASCII that a text begins with, and the UTF-16 units of valid text', () => {
    const text = fc
      .oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ maxLength: 80 }))
      .map((raw) => `${raw}\n`);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), fc.nat(40), (parts, offset) => {
        const bytes = Buffer.from(parts.join(''), 'utf8');
        shared.bytes.fill(0x0a);
        shared.bytes.set(bytes, offset);
        const [from, to] = [offset, offset + bytes.length];
        const ascii = bytes.findIndex((byte) => byte >= 0x80);
        expect(shared.countLines(from, to)).toBe(bytes.filter((byte) => byte === 0x0a).length);
        expect(shared.asciiLength(from, to)).toBe(ascii < 0 ? bytes.length : ascii);
        expect(shared.utf16Units(from, to)).toBe(bytes.toString('utf8').length);
      }),
      { numRuns: runs },
    );
  });

  it('finds long runs of the characters of tokens and of base64', () => {
    const piece = fc.oneof(
      fc.nat(170).map((length) => 'Az09bQ'.repeat(30).slice(0, length)),
      fc.nat(20).map((length) => 'a+/-_Z'.repeat(4).slice(0, length)),
      fc.nat(255).map((byte) => String.fromCharCode(byte)),
    );
    const edges = fc.tuple(fc.nat(40), fc.nat(100), fc.nat(400), fc.nat(100));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), edges, (pieces, [offset, from, length, margin]) => {
        const text = pieces.join('');
        shared.bytes.fill(0x61);
        shared.bytes.fill(0x20, 0, offset);
        shared.bytes.set(Buffer.from(text, 'latin1'), offset);
        const [begin, end] = [Math.min(from, text.length), Math.min(from + length, text.length)];
        const filled = Math.min(end + margin, text.length);
        const expected = [
          /(?<![\w-])[\w-]{16,160}(?![\w-])/g,
          /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{27,160}(?![A-Za-z0-9+/])/g,
        ]
          .map((run) => [...text.slice(0, filled).matchAll(run)].filter(({ index }) => index >= begin && index < end))
          .flatMap((found, kind) => found.map(({ index, 0: run }) => [kind, index, index + run.length]));
        const count = shared.findRuns(offset + begin, offset + end, offset + filled);
        const found = Array.from({ length: count }, (_, index) => {
          const [first, last] = shared.runs.subarray(2 * index);
          return [first! & 1, (first! >> 1) - offset, last! - offset];
        });
        expect(found.toSorted(([a], [b]) => a! - b!)).toEqual(expected);
      }),
      { numRuns: runs },
    );
  });

  it('finds line feeds in encoded text across the steps in which it searches', () => {
    const lines = ['Zm9vYmFy'.repeat(4), 'Zm9vYmFy'.repeat(9).slice(1), '-'.repeat(31), 'Zm9v==', '', 'e\u00e9 = x'];
    const text = Array.from({ length: 4000 }, (_, index) => lines[(index * index + (index >> 3)) % lines.length]).join(
      '\n',
    );
    for (const offset of [0, 5, 16, 33]) {
      const bytes = Buffer.from(text, 'latin1');
      const kernel = createKernel({ texts: ['glpat-'] }, bytes.length + offset);
      kernel.bytes.fill(0x41);
      kernel.bytes[offset === 0 ? 0 : offset - 1] = 0x20;
      kernel.bytes.set(bytes, offset);
      const expected = [...text.matchAll(/\n/g)]
        .map(({ index }) => index)
        .filter((index) => /(?:=|[A-Za-z0-9+/_-]{32})\r?$/.test(text.slice(Math.max(0, index - 34), index)));
      expect(breaksOf(kernel, offset, bytes.length)).toEqual(expected);
    }
  });

  it.each(['Zm9vYmFy'.repeat(4), 'Zm9vYmF=', `${'Zm9vYmFy'.repeat(4)}\r`, `${'x'.repeat(32)}\n =\r`])(
    'finds a line feed at any place near the end of a step: %j',
    (line) => {
      const kernel = createKernel({ texts: ['glpat-'] }, STEP + 41);
      for (let shift = -40; shift <= 40; shift++) {
        const before = `${' '.repeat(STEP - line.length + shift)}${line}`;
        kernel.bytes.set(Buffer.from(`${before}\n`, 'latin1'));
        expect(kernel.lineBreaks(0, before.length + 1).at(-1)).toBe(packLineBreak(before.length));
      }
    },
  );

  it('finds line feeds in the middle of what may be encoded', () => {
    const character = fc.constantFrom('A', 'z', '9', '+', '/', '-', '_', '=', ' ', '.', '\r', '\n', '\n', 'é');
    const line = fc.oneof(
      fc.array(character, { maxLength: 6 }).map((all) => all.join('')),
      fc.nat(40).map((length) => 'Zm9vYmFy'.repeat(6).slice(0, length)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat(40), fc.boolean(), (lines, offset, crlf) => {
        const bytes = Buffer.from(lines.join(crlf ? '\r\n' : '\n'), 'utf8');
        // Bytes outside the range must not matter, except the ones before it that a line break depends on.
        shared.bytes.fill(0x0a);
        shared.bytes.set(bytes, offset);
        const found = breaksOf(shared, offset, bytes.length);
        const text = bytes.toString('latin1');
        const expected = [...text.matchAll(/\n/g)]
          .map(({ index }) => index)
          .filter((index) => /(?:=|[A-Za-z0-9+/_-]{32})\r?$/.test(text.slice(0, index)));
        expect(found).toEqual(expected);
      }),
      { numRuns: runs },
    );
  });

  it('leaves out line feeds that split no literal, and no others', () => {
    let [all, left, split] = [0, 0, 0];
    const kernel = createKernel({ texts: builtinNeedles }, 4096);
    fc.assert(
      fc.property(brokenLines(builtinNeedles), fc.nat(40), (text, offset) => {
        const bytes = Buffer.from(text, 'latin1');
        kernel.bytes.fill(0x2e);
        kernel.bytes.set(bytes, offset);
        const [from, to] = [offset, offset + bytes.length];
        const breaks = kernel.lineBreaks(from, to);
        const splitting = kernel.splittingBreaks(from, to);
        expect(breaks).toEqual(expect.arrayContaining(splitting));
        const naive = naiveSplits(builtinNeedles, text).map((at) => packLineBreak(at + offset));
        const expected = naive.filter((hit) => breaks.includes(hit));
        expect(splitting).toEqual(expect.arrayContaining(expected));
        all += breaks.length;
        left += splitting.length;
        split += expected.length;
      }),
      { numRuns: runs },
    );
    expect(split).toBeGreaterThan(runs / 20);
    expect(left).toBeLessThan(all);
  });

  it('leaves out most line feeds of ordinary encoded text, but none whose next line is not there yet', () => {
    const random = fc.sample(fc.uint8Array({ minLength: 48, maxLength: 48 }), { numRuns: 2000, seed: 7 });
    const text = random.map((bytes) => `${Buffer.from(bytes).toString('base64')}\n`).join('');
    const kernel = createKernel({ texts: builtinNeedles }, text.length);
    kernel.bytes.set(Buffer.from(text));
    expect(kernel.lineBreaks(0, text.length)).toHaveLength(2000);
    const splitting = kernel.splittingBreaks(0, text.length);
    expect(splitting.length).toBeLessThan(200);
    expect(splitting.at(-1)).toBe(packLineBreak(text.length - 1));
    expect(kernel.splittingBreaks(0, 66).at(-1)).toBe(packLineBreak(64));
  });

  it.each([4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32])('compares every byte of literals of %i bytes', (length) => {
    const literals = similar(length);
    const text = literals.map((literal, index) => '.'.repeat(index % 3) + literal).join('');
    const expected = naiveFind(literals, text, 0, text.length);
    expect(expected).toHaveLength(literals.length);
    for (const offset of [0, 1, 6, 7]) expect(hitsOf(literals, text, 0, text.length, offset)).toEqual(expected);
  });

  it('finds literals with the names of what every object has', () => {
    expect(hitsOf(['__proto__', 'constructor', 'toString'], 'constructor.toString')).toEqual([
      [0, 1],
      [12, 2],
    ]);
  });

  it('has room for fifteen hundred literals and more', () => {
    const literals = Array.from({ length: 2000 }, (_, index) => `${(index * 7919).toString(36)}_key${index % 7}`);
    const text = literals.toReversed().join('');
    expect(hitsOf(literals, text, 0, text.length, 3)).toEqual(naiveFind(literals, text, 0, text.length));
  });

  it('finds literals across the steps in which it searches, in ascending order', () => {
    // A kernel may recognise the long one by its rare end, after it has found the others, which begin later.
    const long = `${' '.repeat(16)}~qx#kz${' '.repeat(6)}`;
    const literals = [long, ...Array.from({ length: 16 }, (_, at) => long.slice(at + 6, at + 10 + (at % 3)))];
    const distinct = [...new Set(literals)].toSorted();
    const kernel = createKernel({ texts: distinct }, STEP + 256);
    for (let shift = -40; shift <= 40; shift++) {
      const text = `${'.'.repeat(STEP - 32 + shift)}${long.repeat(3)}...`;
      expect(hitsBy(kernel, text, 0, text.length, 2)).toEqual(naiveFind(distinct, text, 0, text.length));
    }
  });

  it('finds all of a text that fills its memory, and forgets the text before it', () => {
    const literals = ['glpat-', 'at-gl'];
    const kernel = createKernel({ texts: literals }, 3 * STEP);
    kernel.bytes.set(Buffer.from('glpat-'.repeat(STEP / 2)));
    expect(kernel.find(0, 3 * STEP)).toHaveLength(STEP - 1);
    kernel.bytes.fill(0x2e, 0, 2 * STEP);
    kernel.bytes.fill(0x2e, 3 * STEP - 6);
    const text = Buffer.from(kernel.bytes).toString('latin1');
    const found = kernel.find(0, 3 * STEP).map((hit) => [positionOf(hit), needleIndexOf(hit)]);
    expect(found).toEqual(naiveFind(literals, text, 0, text.length));
  });

  it('finds more hits than fit any small buffer', () => {
    const text = 'glpat-'.repeat(50_000);
    expect(hitsOf(BUILTIN, text)).toHaveLength(50_000);
  });
}
