/** UTF-16 and UTF-32 text, with a mark and without: found, in its true places, whatever the sizes in which it is read. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernel } from '../../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../../src/detect/matcher.ts';
import { detectWideText } from '../../../src/detect/encodings/wide-text.ts';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { expandExample, seededRandom } from '../../../src/rules/examples.ts';
import { bytesInput } from '../../support/find.ts';
import { tokenMint } from '../../support/scan-report.ts';

const token = tokenMint(91);
const random = seededRandom(16);
const matcher = createMatcher(builtinRuleset(), createKernel);

const WIDE = ['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'] as const;

function encode(text: string, encoding: (typeof WIDE)[number], mark: boolean): Buffer {
  const marked = (mark ? '\ufeff' : '') + text;
  if (encoding.startsWith('utf-32')) {
    const bytes = Buffer.from(Uint32Array.from([...marked], (character) => character.codePointAt(0)!).buffer);
    return encoding === 'utf-32le' ? bytes : bytes.swap32();
  }
  const bytes = Buffer.from(marked, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

describe.each(WIDE)('%s', (encoding) => {
  it('a token is found at its place', async () => {
    for (const mark of [true, false]) {
      const secret = token();
      const text = `line one\r\nzwei ü😀 = "${secret}"\r\nthree\r\n`;
      const bytes = encode(text, encoding, mark);
      for (const piece of [1, 2, 3, 7, 1000]) {
        const { candidates, bytes: looked, outcome } = await matcher.match(bytesInput(bytes, piece));
        expect({ looked, outcome }).toEqual({ looked: bytes.length, outcome: { kind: 'whole' } });
        expect(candidates).toHaveLength(1);
        const [{ region, encodings, secret: found }] = candidates as [(typeof candidates)[0]];
        expect(found.reveal()).toBe(secret);
        expect(encodings).toEqual([encoding]);
        expect([region.startLine, region.startColumn]).toEqual([2, 13]);
        expect(bytes.subarray(region.byteOffset, region.byteOffset + region.byteLength)).toEqual(
          encode(secret, encoding, false),
        );
      }
    }
  });

  it('a token in the middle of something else is found, at any offset', async () => {
    for (let before = 0; before < 4; before++) {
      const secret = token();
      const filler = Buffer.from([0x90, 0x7f, 0xee, 0x81].slice(0, before));
      const encoded = encode(secret, encoding, false);
      const bytes = Buffer.concat([Buffer.from('MZ\x01raw'), filler, encoded, Buffer.from([0xfe, 0x90, 0x41])]);
      const { candidates } = await matcher.match(bytesInput(bytes));
      expect(candidates.map(({ secret: found }) => found.reveal())).toEqual([secret]);
      expect(candidates[0]!.encodings).toEqual([encoding]);
      const { byteOffset, byteLength } = candidates[0]!.region;
      expect(bytes.subarray(byteOffset, byteOffset + byteLength)).toEqual(encoded);
    }
  });

  it('the text around it is shown, without what is secret, and a comment allows it', async () => {
    const [secret, other] = [token(), token()];
    const text = `# glaive:allow a fixture\r\nü = "${secret}"; next = "${other}"\r\n`;
    const { candidates } = await matcher.match(bytesInput(encode(text, encoding, true)));
    expect(candidates.map(({ inlineAllow }) => inlineAllow?.reason)).toEqual(['a fixture', 'a fixture']);
    const { bytes, span, masks } = candidates[0]!.lineContext;
    const line = Buffer.from(bytes).toString('latin1');
    expect(line.slice(span.start, span.end)).toBe(secret);
    const shown = masks.reduceRight((rest, mask) => rest.slice(0, mask.start) + '#' + rest.slice(mask.end), line);
    expect(shown).toBe('? = "#"; next = "#"');
  });

  it('a value without a prefix is found by the name that it is assigned to', async () => {
    for (const mark of [true, false]) {
      for (const name of [
        'GITLAB_TOKEN',
        'GitLabToken',
        'private_token',
        'CI_JOB_TOKEN',
        'gl_token',
        'TF_HTTP_PASSWORD',
      ]) {
        const secret = expandExample('{devise:20}', random).text;
        const text = `PATH=C:\\\r\nset ${name}=${secret}\r\nset SENTRY_TOKEN=${expandExample('{devise:20}', random).text}\r\n`;
        const bytes = encode(text, encoding, mark);
        for (const piece of [1, 7, 1000]) {
          const { candidates } = await matcher.match(bytesInput(bytes, piece));
          expect(candidates.map(({ secret: found }) => found.reveal())).toEqual([secret]);
          const [{ region, encodings }] = candidates as [(typeof candidates)[0]];
          expect(encodings).toEqual([encoding]);
          expect([region.startLine, region.startColumn]).toEqual([2, name.length + 6]);
          expect(bytes.subarray(region.byteOffset, region.byteOffset + region.byteLength)).toEqual(
            encode(secret, encoding, false),
          );
        }
      }
    }
  });

  it('tokens are found in a text of many windows', async () => {
    const secrets = Array.from({ length: 40 }, token);
    const text = secrets.map((secret, index) => `${'x'.repeat(17_000 + index)} ${secret}\n`).join('');
    const { candidates } = await matcher.match(bytesInput(encode(text, encoding, true), 65_536));
    expect(candidates.map(({ secret }) => secret.reveal())).toEqual(secrets);
    expect(candidates.map(({ region }) => region.startLine)).toEqual(secrets.map((_, index) => index + 1));
  });
});

it('a token is found in any of them, with any text around it, however it is read', async () => {
  const part = fc.string({
    unit: fc.constantFrom('a', 'ü', '😀', '中', '\n', ' ', '"', 'glpat', '\u0100'),
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...WIDE),
      fc.boolean(),
      part,
      part,
      fc.integer({ min: 1, max: 50 }),
      async (encoding, marked, before, after, piece) => {
        // Without a mark a few characters of other scripts leave it open how a short text is written.
        const mark = marked || /[^ -~\n]/.test(before + after);
        const secret = token();
        const lead = `${mark ? '' : 'x'}${before} `;
        const bytes = encode(`${lead}${secret} ${after}`, encoding, mark);
        const { candidates } = await matcher.match(bytesInput(bytes, piece));
        const start = encode(lead, encoding, mark).length;
        expect(
          candidates.map(({ region, secret: found, encodings }) => [region.byteOffset, found.reveal(), encodings]),
        ).toEqual([[start, secret, [encoding]]]);
      },
    ),
    { numRuns: 300 },
  );
});

it('a text that only begins like UTF-16 is searched for what it is', async () => {
  const secret = token();
  for (const beginning of [
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0xff, 0xfe, 0x00, 0x41, 0x42, 0x00],
    [0xff, 0xfe, 0x00, 0x00],
    [0x00, 0x00, 0xfe, 0xff],
  ]) {
    const bytes = Buffer.concat([Buffer.from(beginning), Buffer.from(` x = "${secret}"\n`)]);
    const { candidates } = await matcher.match(bytesInput(bytes));
    expect(candidates.map(({ secret: found }) => found.reveal())).toEqual([secret]);
    expect(candidates[0]!.region.byteOffset).toBe(beginning.length + 6);
  }
});

it('what is no UTF-16 is not taken for it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 200 }), (text) => {
      fc.pre(!text.slice(0, 16).includes('\0'));
      const bytes = Buffer.from(text, 'utf8');
      expect(detectWideText(bytes, bytes.length)).toBeUndefined();
    }),
  );
  const zeros = new Uint8Array(5000);
  expect(detectWideText(zeros, zeros.length)).toBeUndefined();
  const words = Buffer.from(new Uint32Array(1000).map((_, index) => index * 7).buffer);
  expect(detectWideText(words, words.length)).toBeUndefined();
});
