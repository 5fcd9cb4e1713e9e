/**
 * The line walker (WebAssembly) against the log reader that walks each line by itself: the same text, the same places, the
 * same notes, for logs of every kind.
 */

import { describe, expect, it, vi } from 'vitest';
import { LineWalker, type WalkedLines } from '../../src/job-logs/line-walker.ts';
import { LogReader, type LogReaderOptions } from '../../src/job-logs/log-reader.ts';
import { bytesInput } from '../support/find.ts';
import { Random } from '../support/mint.ts';
import { runs, seeds } from '../support/runs.ts';

interface Seen {
  readonly text: Buffer;
  /** Of every byte of the text; of some in a long one. */
  readonly places: readonly string[];
  readonly masked: number;
  readonly failure: string | undefined;
}

async function read(log: Buffer, walk: NonNullable<LogReaderOptions['walk']>, piece?: number): Promise<Seen> {
  let masked = 0;
  let failure: string | undefined;
  const reader = new LogReader(bytesInput(log, piece).open(), {
    uri: 'log',
    walk,
    masked: (count) => (masked += count),
  });
  const pieces: Buffer[] = [];
  const target = new Uint8Array(100_000);
  try {
    for (let count = await reader.read(target); count > 0; count = await reader.read(target))
      pieces.push(Buffer.from(target.subarray(0, count)));
  } catch (error) {
    failure = String(error);
  }
  const text = Buffer.concat(pieces);
  const { places } = reader;
  const step = text.length < 50_000 ? 1 : 17;
  const isText = (from: number, to: number): number => to - from;
  return {
    text,
    places: Array.from({ length: Math.ceil(text.length / step) }, (_, index) => {
      const at = index * step;
      const { offset, line, column, log: place } = places!.at(at, false, isText);
      const flags = `${places!.isGuess(at)} ${at + 1 < text.length && places!.isWhole(at, at + 2)}`;
      return `${offset} ${line}:${column} ${place?.time} ${place?.section} ${flags}`;
    }),
    masked,
    failure,
  };
}

const WORDS = [
  'so',
  'the',
  'build',
  'went',
  'on',
  'é',
  '→',
  '😀',
  'Ωmega',
  '==',
  '\t',
  'a/b/c.ts:12',
  '[MASKED]',
  '***',
  'sections',
  's',
];
const MARKS = ['\u001B[0m', '\u001B[31;1m', '\u001B[0K', '\u001B[2J', '\u001B[38;5;12m', '\u001B(B'];
const ODD = [
  '\u001B]8;;https://example.com/x\u0007',
  '\b',
  '\0',
  '\u007F',
  '\u00AD',
  '\u200B',
  '\u0301',
  '\u009B1m',
  '\u001B',
  '\u001B[',
  '\r',
  ' \r',
  'section_start:1:build\r\u001B[0K',
  'section_end:1:build\r\u001B[0K',
  'section_x',
  'section_start',
  'section_end:',
  'section_start:x',
  'section_end:12',
  'section_start:7:',
  "Job's log exceeded limit of 4 bytes.",
];

class Writer {
  readonly #random: Random;
  #second = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  time(): string {
    if (this.#random.below(4) === 0) this.#second++;
    const two = (value: number): string => String(value).padStart(2, '0');
    const micros = String(this.#random.below(1_000_000)).padStart(6, '0');
    return `2026-08-22T0${Math.floor(this.#second / 3600)}:${two(Math.floor(this.#second / 60) % 60)}:${two(this.#second % 60)}.${micros}`;
  }

  words(most: number): string {
    return Array.from({ length: this.#random.below(most) }, () => this.#random.pick(WORDS)).join(' ');
  }

  /** Text of exactly that many ASCII bytes, which ends within a word. */
  full(width: number): string {
    const start = this.#random.below(width);
    return `${'so '.repeat(width).slice(0, start)}${'x'.repeat(width)}`.slice(0, width);
  }

  text(kind: string): Buffer | string {
    const random = this.#random;
    switch (kind) {
      case 'words':
        return this.words(16);
      case 'wide':
        return this.full(random.pick([19, 20, 21, 39, 40, 41, 80, 80, 80, 120, 511, 512, 513, 700]));
      case 'paths':
        return `/usr/lib/node_modules/${'x'.repeat(random.below(12))}`;
      case 'colours':
        return Array.from(
          { length: random.below(6) },
          () => `${random.pick(MARKS)}${this.words(4)}${random.pick(['', ' '])}`,
        ).join('');
      case 'returns':
        return `${Array.from({ length: random.below(5) }, () => `${random.below(100)}%${random.pick(['', ' ', '|'])}`).join('\r')}${random.pick(['', '\r'])}`;
      case 'commands':
        return random.pick(['$ make', '+ make', '$', '+', '\u001B[32;1m$ make\u001B[0;m', '$\u001B[0m make', '']);
      case 'odd':
        return Array.from({ length: random.below(4) }, () => `${random.pick(ODD)}${this.words(3)}`).join('');
      case 'long':
        return random.pick(['x', 'é', 'x ', '→', '😀']).repeat(random.pick([10, 2048, 4095, 4096, 4097, 9000]));
      case 'many':
        return 'a\u001B[0m '.repeat(random.pick([10, 2046, 2047, 2048, 2049, 3000]));
      default:
        return random.bytes(random.below(60));
    }
  }

  header(kind: string): string {
    const random = this.#random;
    if (kind === 'runner') return `${this.time()}Z ${random.below(12) === 0 ? '01E' : '01O'} `;
    if (kind === 'continued')
      return `${this.time()}Z 01${random.below(9) === 0 ? 'E' : 'O'}${random.pick([' ', '+', '+'])}`;
    if (kind === 'github') return `${this.time()}7Z `;
    if (kind === 'broken')
      return random.pick([`${this.time()}Z 0GO `, `${this.time()} `, `${this.time()}Z 0fO`, '2026-08-22T00:00:00.']);
    return '';
  }
}

const HEADERS = ['runner', 'runner', 'continued', 'github', 'plain', 'broken'];
const TEXTS = ['words', 'words', 'wide', 'paths', 'colours', 'returns', 'commands', 'odd', 'long', 'many', 'bytes'];

/** Stretches of lines, each of one kind with a few others in between. */
function randomLog(random: Random, stretches: number): Buffer {
  const writer = new Writer(random);
  const pieces: Buffer[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const header = random.pick(HEADERS);
    const [most, some] = [random.pick(TEXTS), random.pick(TEXTS)];
    const end = random.pick(['\n', '\n', '\r\n']);
    for (let lines = random.below(most === 'long' || most === 'many' ? 4 : 60); lines > 0; lines--) {
      const isOther = random.below(8) === 0;
      pieces.push(
        Buffer.from(writer.header(random.below(20) === 0 ? random.pick(HEADERS) : header)),
        Buffer.from(writer.text(isOther ? some : most) as string),
        Buffer.from(end),
      );
    }
  }
  return Buffer.concat(pieces);
}

function expectSame(seen: Seen, wanted: Seen, log: Buffer): void {
  if (seen.text.equals(wanted.text) && seen.places.every((place, at) => place === wanted.places[at])) {
    expect([seen.masked, seen.failure]).toEqual([wanted.masked, wanted.failure]);
    return;
  }
  const at = seen.text.findIndex((byte, index) => byte !== wanted.text[index]);
  const place = seen.places.findIndex((text, index) => text !== wanted.places[index]);
  const around = ({ text, places }: Seen): unknown => [
    at < 0 ? '' : text.subarray(Math.max(0, at - 80), at + 80).toString('latin1'),
    places.slice(place, place + 3),
  ];
  const offset = Number(wanted.places[place]?.split(' ')[0] ?? 0);
  expect(
    around(seen),
    JSON.stringify(log.subarray(Math.max(0, offset - 200), offset + 200).toString('latin1')),
  ).toEqual(around(wanted));
}

describe('simple lines, walked at once', () => {
  it.each(seeds({ fast: 8, long: 60 }))('have the same text, places and notes (%i)', async (seed) => {
    const random = new Random(4000 + seed);
    for (let round = 0; round < runs({ fast: 5, long: 10 }); round++) {
      const log = randomLog(random, 1 + random.below(12));
      const wanted = await read(log, 'never');
      expectSame(await read(log, 'at once', random.pick([undefined, 1 + random.below(100)])), wanted, log);
    }
  });

  it.each(seeds({ fast: 2, long: 10 }))('wherever the border of a block is (%i)', async (seed) => {
    const random = new Random(5000 + seed);
    const pieces: Buffer[] = [];
    for (let length = 0; length < 600_000; length += pieces.at(-1)!.length) pieces.push(randomLog(random, 20));
    const log = Buffer.concat(pieces);
    expectSame(await read(log, 'at once'), await read(log, 'never'), log);
  });

  it('are most lines of a log', async () => {
    const walks = vi.spyOn(LineWalker.prototype, 'walk');
    const writer = new Writer(new Random(1));
    for (const header of ['runner', 'continued', 'github', 'plain']) {
      const lines = Array.from({ length: 3000 }, (_, index) => {
        const stream = writer.header(header).replace('01E', '01O');
        return `${stream}${index % 3 === 0 ? `\u001B[31m${writer.words(9)} \u001B[0m` : writer.words(9)}\n`;
      });
      walks.mockClear();
      await read(Buffer.from(lines.join('')), 'at once');
      const walked = walks.mock.results.reduce(
        (sum, { value }, index) =>
          sum + (value === undefined ? 0 : (value as WalkedLines).lines - walks.mock.calls[index]![0].lines),
        0,
      );
      expect(walked, header).toBeGreaterThan(0.9 * lines.length);
    }
  });
});
