/**
 * The suite that every kernel passes: hono's pattern of one exported suite that takes a constructor. The referee is
 * the naive search, which is too simple to be wrong.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needleIndexOf, positionOf } from '../../src/detect/search/hit.ts';
import type { KernelFactory } from '../../src/detect/search/kernel.ts';
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

/** @param runs how many random cases each property gets */
export function describeKernel(createKernel: KernelFactory, runs: number): void {
  const hitsOf = (literals: readonly string[], text: string, from = 0, to = text.length, offset = 0): Occurrence[] => {
    const kernel = createKernel(literals, text.length + offset + 64);
    // What lies outside the range must not matter.
    kernel.bytes.fill('g'.charCodeAt(0));
    kernel.bytes.set(Buffer.from(text, 'latin1'), offset);
    return kernel.find(offset + from, offset + to).map((hit) => [positionOf(hit) - offset, needleIndexOf(hit)]);
  };

  describe('finds what the naive search finds', () => {
    it('in texts made of pieces of the built-in literals', () => {
      fc.assert(
        fc.property(adversarial(BUILTIN), (text) => {
          expect(hitsOf(BUILTIN, text)).toEqual(naiveFind(BUILTIN, text, 0, text.length));
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
        const kernel = createKernel(['glpat-'], bytes.length + offset + 64);
        kernel.bytes.fill(0x0a);
        kernel.bytes.set(bytes, offset);
        const [from, to] = [offset, offset + bytes.length];
        const ascii = bytes.findIndex((byte) => byte >= 0x80);
        expect(kernel.countLines(from, to)).toBe(bytes.filter((byte) => byte === 0x0a).length);
        expect(kernel.asciiLength(from, to)).toBe(ascii < 0 ? bytes.length : ascii);
        expect(kernel.utf16Units(from, to)).toBe(bytes.toString('utf8').length);
      }),
      { numRuns: runs },
    );
  });

  it('finds line feeds in the middle of what may be encoded', () => {
    const character = fc.constantFrom('A', 'z', '9', '+', '/', '-', '_', '=', ' ', '.', '\r', '\n', '\n', 'é');
    const line = fc.oneof(
      fc.array(character, { maxLength: 6 }).map((all) => all.join('')),
      fc.nat(40).map((length) => 'Zm9vYmFy'.repeat(6).slice(0, length)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat(40), fc.boolean(), (lines, offset, crlf) => {
        const bytes = Buffer.from(lines.join(crlf ? '\r\n' : '\n'), 'utf8');
        const kernel = createKernel(['glpat-'], bytes.length + offset + 64);
        // Bytes outside the range must not matter, except the ones before it that a line break depends on.
        kernel.bytes.fill(0x0a);
        kernel.bytes.set(bytes, offset);
        const found = kernel.lineBreaks(offset, offset + bytes.length).map((position) => position - offset);
        const text = bytes.toString('latin1');
        const expected = [...text.matchAll(/\n/g)]
          .map(({ index }) => index)
          .filter((index) => /(?:=|[A-Za-z0-9+/_-]{32})\r?$/.test(text.slice(0, index)));
        expect(found).toEqual(expected);
      }),
      { numRuns: runs },
    );
  });

  it('finds more hits than fit any small buffer', () => {
    const text = 'glpat-'.repeat(50_000);
    expect(hitsOf(BUILTIN, text)).toHaveLength(50_000);
  });
}
