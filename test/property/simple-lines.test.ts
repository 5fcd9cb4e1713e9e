/**
 * The line walker (WebAssembly) against the log reader that walks each line by itself: the same text, the same places, the
 * same notes, for logs of every kind.
 */

import { describe, expect, it, vi } from 'vitest';
import { LineWalker, type WalkedLines } from '../../src/job-logs/line-walker.ts';
import { LogReader, type LogReaderOptions } from '../../src/job-logs/log-reader.ts';
import { bytesInput } from '../support/find.ts';
import { Random } from '../support/mint.ts';
import { LogWriter, randomLog } from '../support/random-log.ts';
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

const twoStreams = (writer: LogWriter, index: number): string => `${writer.time()}Z 01${index % 2 === 0 ? 'E' : 'O'} `;

describe('simple lines, walked at once', () => {
  it.each(seeds({ fast: 3, long: 60 }))('have the same text, places and notes (%i)', async (seed) => {
    const random = new Random(4000 + seed);
    for (let round = 0; round < runs({ fast: 5, long: 10 }); round++) {
      const log = randomLog(random, 1 + random.below(12));
      const wanted = await read(log, 'never');
      expectSame(await read(log, 'at once', random.pick([undefined, 1 + random.below(100)])), wanted, log);
    }
  });

  it.each(seeds({ fast: 1, long: 10 }))('wherever the border of a block is (%i)', async (seed) => {
    const random = new Random(5000 + seed);
    const pieces: Buffer[] = [];
    for (let length = 0; length < 600_000; length += pieces.at(-1)!.length) pieces.push(randomLog(random, 20));
    const log = Buffer.concat(pieces);
    expectSame(await read(log, 'at once'), await read(log, 'never'), log);
  });

  it('are most lines of a log', async () => {
    const walks = vi.spyOn(LineWalker.prototype, 'walk');
    const writer = new LogWriter(new Random(1));
    for (const header of ['runner', 'streams', 'continued', 'github', 'plain']) {
      const lines = Array.from({ length: 3000 }, (_, index) => {
        const stream = header === 'streams' ? twoStreams(writer, index) : writer.header(header).replace('01E', '01O');
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
