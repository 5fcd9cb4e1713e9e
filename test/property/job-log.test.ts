/** Logs of every generation, made at random: each token has one place in the raw log, however its bytes arrive. */

import { describe, expect, it } from 'vitest';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import type { Gap } from '../../src/model/gap.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { logInput } from '../support/find.ts';
import { mint, Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';

const matcher = createMatcher(builtinRuleset(), createKernel);

interface Seen {
  readonly places: readonly string[];
  readonly masked: number;
  readonly gap: Gap | undefined;
}

/** `line:column-line:column offset+length` of everything found, sorted. */
async function look(log: Buffer, piece?: number): Promise<Seen> {
  let masked = 0;
  const input = logInput(log, piece, (count) => (masked += count));
  const { candidates, outcome } = await matcher.match(input);
  return {
    places: candidates.map(({ region: { startLine, startColumn, endLine, endColumn, byteOffset, byteLength } }) =>
      [`${startLine}:${startColumn}-${endLine}:${endColumn}`, `${byteOffset}+${byteLength}`].join(' '),
    ),
    masked,
    gap: outcome.kind === 'gap' ? outcome.gap : undefined,
  };
}

/** The place of bytes in a log, counted in the plainest way. */
function placeIn(log: Buffer, start: number, end: number): string {
  const at = (offset: number): string => {
    const before = log.subarray(0, offset).toString('utf8');
    return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
  };
  return `${at(start)}-${at(end)} ${start}+${end - start}`;
}

const stamp = (second: number): string =>
  `2026-08-22T00:${String(Math.floor(second / 60) % 60).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.000001`;

/** A log with `count` tokens, each put in at random in one of the ways in which logs cut them. */
function randomLog(random: Random, count: number): { readonly log: Buffer; readonly places: string[] } {
  const pieces: string[] = [];
  const spans: (readonly [number, number])[] = [];
  let length = 0;
  const put = (text: string): number => {
    pieces.push(text);
    length += Buffer.byteLength(text);
    return length;
  };
  const header = (stream = '01O', joint = ' '): string => `${stamp(pieces.length)}Z ${stream}${joint}`;
  const words = (max: number): string =>
    Array.from({ length: random.below(max) }, () => ['so', 'é', '😀 ', 'build', '== ', '\t'][random.below(6)]!).join(
      ' ',
    );
  /** Puts the halves of a token with something in between. */
  const cut = (token: string, between: string): void => {
    const at = 1 + random.below(token.length - 1);
    const start = length;
    put(token.slice(0, at));
    put(between);
    spans.push([start, put(token.slice(at))]);
  };
  for (let index = 0; index < count; index++) {
    const token = mint('pat legacy', random);
    for (let noise = random.below(4); noise > 0; noise--)
      put(`${header(['00O', '01O', '01E'][random.below(3)])}${words(12)} .\n`);
    switch (random.below(6)) {
      case 0: {
        put(`${header()}${words(6)} `);
        const start = length;
        spans.push([start, put(token)]);
        put(' .\n');
        break;
      }
      case 1:
        put(`${header()}${words(6)} `);
        cut(token, ['\u001B[31m', '\u001B[0;m\u001B[0K', '\u001B[38;5;12m'][random.below(3)]!);
        put('\u001B[0m .\n');
        break;
      case 2:
        put(`${header()}${words(6)} `);
        cut(token, `\n${header('01O', '+')}`);
        put(' .\n');
        break;
      case 3:
        // Another stream writes in between.
        put(`${header()}${words(6)} `);
        cut(token, `\n${header('01E')}${words(4)} .\n${header('01O', '+')}`);
        put(' .\n');
        break;
      case 4: {
        // A terminal of 80 columns.
        const at = 7 + random.below(token.length - 8);
        const start = put(`${header()}${'.'.repeat(79 - at)} `);
        put(`${token.slice(0, at)}\r\n${header()}`);
        spans.push([start, put(token.slice(at))]);
        put(' .\r\n');
        break;
      }
      default: {
        put(`${header()}\u001B]8;;https://oauth2:`);
        const start = length;
        spans.push([start, put(token)]);
        put('@gitlab.example.com/x\u0007here\u001B]8;;\u0007 .\n');
      }
    }
  }
  const log = Buffer.from(pieces.join(''));
  return { log, places: spans.map(([start, end]) => placeIn(log, start, end)) };
}

describe('a job log', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'has every token at its place in the raw log (%i)',
    async (seed) => {
      const { log, places } = randomLog(new Random(seed), 30);
      expect((await look(log)).places).toEqual(places);
    },
  );

  it('gives the same in pieces of any size', async () => {
    const { log, places } = randomLog(new Random(99), 40);
    for (const piece of [1, 2, 3, 7, 31, 32, 33, 64, 100, 1000])
      expect((await look(log, piece)).places).toEqual(places);
  });

  it('gives the same wherever the border of a block falls', async () => {
    const { log, places } = randomLog(new Random(7), 6);
    const line = 'x'.repeat(63) + '\n';
    for (let shift = 0; shift < log.length; shift += runs({ fast: 197, long: 13 })) {
      const lead = Buffer.from(line.repeat(4096).slice(0, 256 * 1024 - shift - 1) + '\n');
      const moved = places.map((place) => movedBy(place, lead));
      expect((await look(Buffer.concat([lead, log]))).places).toEqual(moved);
    }
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'takes anything, and gives the same in any pieces (%i)',
    async (seed) => {
      const random = new Random(300 + seed);
      const bits = [
        '\u001B',
        '\u001B[',
        '\u001B]8;;',
        '\u001B[0Ksection_start:1:',
        '\r',
        '\r\n',
        '\n',
        '\u0007',
        `${stamp(1)}Z 01O+`,
        `${stamp(1)}Z 0fE `,
        '\uFEFF',
        '😀',
        ' \r',
      ];
      const parts = Array.from({ length: 300 }, () => {
        const roll = random.below(10);
        if (roll < 6) return Buffer.from(random.pick(bits));
        if (roll < 8) return random.bytes(random.below(60));
        return Buffer.from(roll === 8 ? mint('pat legacy', random) : 'x'.repeat(random.below(200)));
      });
      const log = Buffer.concat(parts);
      const whole = await look(log);
      for (const piece of [1, 17, 1000]) expect(await look(log, piece)).toEqual(whole);
      for (const place of whole.places) {
        const [, offset, length] = / (\d+)\+(\d+)$/.exec(place)!;
        expect(Number(offset) + Number(length)).toBeLessThanOrEqual(log.length);
      }
    },
  );

  it('counts what is masked, at any border, and finds nothing in it', async () => {
    const lines = `${stamp(1)}Z 01O token glpat-[MASKED] and [MASKED]\n`.repeat(300);
    for (const piece of [1, 5, 1000, undefined]) {
      const seen = await look(Buffer.from(lines), piece);
      expect(seen).toEqual({ places: [], masked: 600, gap: undefined });
    }
  });

  it('is not whole when the runner has cut it', async () => {
    const token = mint('pat legacy', new Random(3));
    const log = `${token}\n\u001B[33;1mJob's log exceeded limit of 4194304 bytes.\u001B[0;m\nJob execution will continue but no more output will be collected.\n`;
    const { places, gap } = await look(Buffer.from(log));
    expect(places).toHaveLength(1);
    expect(gap).toMatchObject({ kind: 'truncated' });
    expect((await look(Buffer.from(`${log}${'more\n'.repeat(100)}`))).gap).toBeUndefined();
  });
});

function movedBy(place: string, lead: Buffer): string {
  const lines = lead.toString('latin1').split('\n').length - 1;
  const [, l1, c1, l2, c2, offset, length] = /^(\d+):(\d+)-(\d+):(\d+) (\d+)\+(\d+)$/.exec(place)!;
  return `${Number(l1) + lines}:${c1}-${Number(l2) + lines}:${c2} ${Number(offset) + lead.length}+${length}`;
}
