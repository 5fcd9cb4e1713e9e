/** What a terminal does not show hides no credential: not from `mask`, not from `logs`. */

import { describe, expect, it } from 'vitest';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { asJobLog } from '../../src/job-logs/index.ts';
import { bytesInput } from '../support/find.ts';
import { maskText } from '../support/mask-text.ts';
import { KINDS, mint, Random } from '../support/mint.ts';
import { runs, seeds, some } from '../support/runs.ts';
import { scattered, visibleText } from '../support/terminal.ts';

const matcher = createMatcher(builtinRuleset(), createKernel);
/** Those that are recognised in any context. */
const LONE = Object.keys(KINDS).filter((kind) => KINDS[kind]!.carriers === undefined);
/** They may be longer than they must be: where one ends that something touches is not known. */
const isOpenEnded = (kind: string): boolean => /jwt|stateless|workspace|iam|incoming mail/.test(kind);
/** No part of a body that is longer is shown. */
const SHOWN_MAX = 8;

function mask(text: Buffer, { piece = text.length, pause = false, isPlain = false } = {}): string {
  const pieces = Array.from({ length: Math.ceil(text.length / piece) }, () => piece);
  return maskText(text, { pieces, pause: () => pause, isPlain }).text.toString('latin1');
}

/** Places of candidates in the raw log. */
async function places(
  log: Buffer,
  piece?: number,
): Promise<{ readonly start: number; readonly end: number; readonly text: string }[]> {
  const diagnostics = { gap() {}, skip() {}, scanned() {}, masked() {}, note() {}, cut() {} };
  const { candidates, outcome } = await matcher.match(asJobLog(bytesInput(log, piece), diagnostics));
  expect(outcome.kind).toBe('whole');
  return candidates.map(({ region: { byteOffset, byteLength }, secret }) => ({
    start: byteOffset,
    end: byteOffset + byteLength,
    text: secret.reveal(),
  }));
}

/** The longest part of a token's body in a text, in any way to read it. */
function shownOf(token: string, masked: string): number {
  const bytes = Buffer.from(masked, 'latin1');
  const texts = [masked, visibleText(bytes), visibleText(bytes, false)];
  const body = token.replace(/^(?:[A-Za-z0-9_*.]+-)?(?:[a-zA-Z_]{1,24}[-._]|GR1348941|[a-z]\B)?/, '');
  let longest = 0;
  for (let start = 0; start < body.length; start++)
    while (texts.some((text) => text.includes(body.slice(start, start + longest + 1))) && start + longest < body.length)
      longest++;
  return longest;
}

describe('what a terminal does not show', () => {
  it.each(['\u0080', '\u0085', '\u009c', '\u009dtitle\u009c', '\u115f', '\u1160', '\u3164', '\uffa0'])(
    'hides nothing, alone between two characters: %j',
    async (hidden) => {
      const token = mint('pat legacy', new Random(7));
      const text = Buffer.from(`t=${token.slice(0, 12)}${hidden}${token.slice(12)}\n`);
      for (const piece of [1, 3, text.length]) {
        expect(shownOf(token, mask(text, { piece }))).toBeLessThanOrEqual(SHOWN_MAX);
        expect(await places(text, piece)).toMatchObject([{ text: token }]);
      }
    },
  );

  it.each(some(LONE, 15))('hides nothing between any two characters: %s', async (kind) => {
    const random = new Random(LONE.indexOf(kind) + 1);
    for (let round = 0; round < runs({ fast: 1, long: 3 }); round++) {
      const token = mint(kind, random);
      const before = random.pick(['Setting ', 'token=', '', '\n']);
      const hidden = scattered(token, random);
      const text = Buffer.concat([
        Buffer.from(before),
        hidden,
        Buffer.from(random.pick([' .\n', '"', '\n', '', '\r\n', '\u0085'])),
      ]);
      const masked = mask(text);
      expect(shownOf(token, masked)).toBeLessThan(SHOWN_MAX);
      expect(masked).toContain('[MASKED]');
      if (/custom/.test(kind)) continue; // only the checksum shows where such a prefix begins
      const found = await places(text);
      if (isOpenEnded(kind)) expect([found.length, token.includes(found[0]?.text ?? ' ')]).toEqual([1, true]);
      else expect(found.map((place) => place.text)).toEqual([token]);
      const [{ start, end }] = found as [(typeof found)[number]];
      expect(start).toBeGreaterThanOrEqual(before.length);
      expect(end).toBeLessThanOrEqual(before.length + hidden.length);
      if (!isOpenEnded(kind)) expect(visibleText(text.subarray(start, end)).endsWith(token.slice(1))).toBe(true);
    }
  });

  it.each(some(LONE, 12))('is no part of a word that it follows or goes before: %s', async (kind) => {
    const random = new Random(700 + LONE.indexOf(kind));
    for (const between of [
      '\u001B[0m',
      '\u001B[K',
      '\u001B[10G',
      '\u001B(B',
      '\u001B]8;;\u0007',
      '\u009B0m',
      '\0',
      '\u00AD',
    ]) {
      const token = mint(kind, random);
      const encoding = between === '\u009B0m' ? 'latin1' : 'utf8';
      const text = Buffer.from(`Setting \u001B[36m${token}${between}done\n`, encoding);
      const masked = mask(text);
      expect([between, shownOf(token, masked) < SHOWN_MAX]).toEqual([between, true]);
      if (!isOpenEnded(kind)) expect(masked).toMatch(/done\n$/);
      expect((await places(text)).map((place) => place.text)).toEqual([token]);
      const glued = Buffer.from(`done${between}${token}\n`, encoding);
      expect(shownOf(token, mask(glued))).toBeLessThan(SHOWN_MAX);
      expect((await places(glued)).map((place) => place.text)).toContain(token);
    }
  });

  it.each(some(LONE, 12))('the marker of a section ends a word: %s', async (kind) => {
    const random = new Random(900 + LONE.indexOf(kind));
    for (const stamp of ['', '2026-08-22T00:00:02.000001Z 01O '])
      for (const word of ['start', 'end']) {
        const token = mint(kind, random);
        const text = Buffer.from(
          `${stamp}$ cat token\n${stamp}${token}section_${word}:1795887408:step_script\r\u001B[0K\n`,
        );
        expect((await places(text)).map((place) => place.text)).toEqual([token]);
        const masked = mask(text);
        expect(shownOf(token, masked)).toBeLessThan(SHOWN_MAX);
        expect(masked).toContain(
          isOpenEnded(kind) ? ':1795887408:step_script\r' : `section_${word}:1795887408:step_script\r`,
        );
        for (const piece of [1, 3]) {
          if (!/custom/.test(kind)) expect(mask(text, { piece })).toBe(masked);
          expect((await places(text, piece)).map((place) => place.text)).toEqual([token]);
        }
      }
  });

  it.each(seeds({ fast: 1, long: 6 }))('is masked the same in any pieces, with pauses (%i)', (seed) => {
    const random = new Random(40 + seed);
    const kind = random.pick(LONE.filter((name) => !/custom|no prefix/.test(name)));
    const text = Buffer.concat([Buffer.from('ok '), scattered(mint(kind, random), random), Buffer.from(' end\n')]);
    const whole = mask(text);
    // Each piece costs time of its own: long texts come in fewer.
    for (const piece of text.length < 10_000 ? [1, 2, 7] : [7, 61])
      for (const pause of [false, true]) expect(mask(text, { piece, pause, isPlain: true })).toBe(whole);
  });

  it.each(['utf16le', 'utf16be', 'utf32le', 'utf32be'])(
    'hides no token in %s, and what follows stays whole',
    (encoding) => {
      const token = mint('pat legacy', new Random(3));
      const [width, index] = [encoding.includes('32') ? 4 : 2, encoding.endsWith('be')];
      const wide = (text: string): Buffer =>
        Buffer.concat(
          Array.from(text, (character) => {
            const unit = Buffer.alloc(width);
            unit[index ? width - 1 : 0] = character.charCodeAt(0);
            return unit;
          }),
        );
      const masked = Buffer.from(mask(wide(`token ${token} and more`)), 'latin1');
      expect(shownOf(token, masked.toString('latin1'))).toBeLessThan(SHOWN_MAX);
      expect(masked.length % width).toBe(0);
      expect(masked.subarray(-width * 8)).toEqual(wide('and more'));
    },
  );

  it.each(['\n', '\r\n', '\r', '\u0085', ''])('a line ends a token: %j', async (end) => {
    for (const kind of LONE) {
      const token = mint(kind, new Random(5));
      const text = Buffer.from(`a ${token}${end}`);
      expect(mask(text)).not.toContain(token.slice(-9));
      expect((await places(text)).map((place) => place.text)).toEqual([token]);
    }
  });
});

describe('pauses', () => {
  it.each(['pat custom prefix v1', 'oauth access routable v1, no prefix'])('show nothing of worth: %s', (kind) => {
    const random = new Random(8);
    for (let round = 0; round < 6; round++) {
      const token = mint(kind, random);
      for (const piece of [1, 5, 20]) {
        const masked = mask(Buffer.from(`token ${token}\n`), { piece, pause: true, isPlain: true });
        const shown = masked.slice(masked.indexOf(' ') + 1, masked.indexOf('[MASKED]'));
        const body = token.slice(-token.replace(/^.*?([\w-]{27,}\.01)/, '$1').length);
        expect(shown.length - (token.length - body.length)).toBeLessThanOrEqual(22);
      }
    }
  });
});

it('ends, in little memory, whatever it is given', () => {
  const endless = (text: string): Buffer =>
    Buffer.from(text.repeat(Math.ceil(runs({ fast: 50_000, long: 400_000 }) / text.length)), 'latin1');
  for (const text of [
    '\u001B[1;',
    '\u001B[1m',
    '\u001B]8;;',
    '\u001B]8;;x\u0007',
    '\b',
    'a\b',
    'section_',
    '\u009B',
    '\0',
    'glpat-\0',
    'x\u001B[K',
  ]) {
    const long = endless(text);
    const masked = mask(long, { piece: runs({ fast: 20_000, long: 60_000 }) });
    if (!text.startsWith('glpat'))
      expect([text, masked.length, masked === long.toString('latin1')]).toEqual([text, long.length, true]);
  }
});
