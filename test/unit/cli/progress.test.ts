/** Progress: nothing for what is done soon, a line that is redrawn on a terminal, plain lines elsewhere. */

import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createProgressLine } from '../../../src/lib/progress-line.ts';
import { showProgress } from '../../../src/cli/progress.ts';
import { createTimeLeft } from '../../../src/cli/time-left.ts';
import type { Io } from '../../../src/model/io.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

function fakeTerminal(isTTY: boolean): { readonly io: Io; readonly written: string[] } {
  const written: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 });
  stream.on('data', (piece: Buffer) => written.push(piece.toString()));
  const stderr = {
    isTTY,
    stream: () => stream,
    async write(text: string) {
      written.push(text);
    },
  };
  return { io: { stderr } as unknown as Io, written };
}

it('says nothing on what takes less than a second', async () => {
  for (const isTTY of [true, false]) {
    const { io, written } = fakeTerminal(isTTY);
    const progress = showProgress(io, 1000);
    vi.setSystemTime(Date.now() + 900);
    progress.bytes(500);
    progress.artifact();
    await progress.end();
    expect(written).toEqual([]);
  }
});

it('writes plain lines now and then where there is no terminal', async () => {
  const { io, written } = fakeTerminal(false);
  const progress = showProgress(io, 100e6);
  for (let second = 1; second <= 25; second++) {
    vi.setSystemTime(Date.now() + 1000);
    progress.bytes(2e6);
    progress.artifact();
  }
  await progress.end();
  expect(written).toEqual([
    'glaive: 9 files, 20.0 MB of 100.0 MB, 2.0 MB/s, 40 s left\n',
    'glaive: 19 files, 40.0 MB of 100.0 MB, 2.0 MB/s, 30 s left\n',
  ]);
});

it('draws one line on a terminal, with a bar where the end is known, and takes it away', async () => {
  for (const [total, expected] of [
    [4e6, /#+\.+ 50% 0 files, 2\.0 MB of 4\.0 MB, 1\.3 MB\/s, 2 s left/],
    [undefined, /0 files, 2\.0 MB, 1\.3 MB\/s/],
  ] as const) {
    const { io, written } = fakeTerminal(true);
    const progress = showProgress(io, total);
    vi.setSystemTime(Date.now() + 1500);
    progress.bytes(2e6);
    await vi.waitFor(() => expect(written.join('')).toMatch(expected));
    await progress.end();
    expect(written.join('')).not.toContain('\n');
    const shown = written.join('').length;
    progress.bytes(2e6);
    expect(written.join('').length).toBe(shown);
  }
});

it('says no time left before enough is done to know it', async () => {
  const { io, written } = fakeTerminal(false);
  const progress = showProgress(io, 1e9);
  vi.setSystemTime(Date.now() + 11_000);
  progress.bytes(5);
  progress.phase('objects in packs', 1000);
  vi.setSystemTime(Date.now() + 11_000);
  progress.reached(49);
  vi.setSystemTime(Date.now() + 11_000);
  progress.reached(500);
  progress.endPhase();
  vi.setSystemTime(Date.now() + 11_000);
  progress.bytes(5);
  await progress.end();
  expect(written).toEqual([
    'glaive: 0 files, 5 B of 1.0 GB, 0 B/s\n',
    'glaive: objects in packs: 49 of 1000\n',
    'glaive: objects in packs: 500 of 1000, 22 s left\n',
    'glaive: 0 files, 10 B of 1.0 GB, 0 B/s\n',
  ]);
});

it('a phase without a total shows its time, and bytes are shown as such', async () => {
  const { io, written } = fakeTerminal(false);
  const progress = showProgress(io, undefined);
  progress.phase('listing objects');
  vi.setSystemTime(Date.now() + 12_000);
  progress.step();
  progress.phase('reading packs', 400e6, 'bytes');
  vi.setSystemTime(Date.now() + 11_000);
  progress.reached(100e6);
  await progress.end();
  expect(written).toEqual([
    'glaive: listing objects: 12 s\n',
    'glaive: reading packs: 100.0 MB of 400.0 MB, 33 s left\n',
  ]);
});

it('one fast moment moves the time left a little, a lasting change all the way', () => {
  const timeLeft = createTimeLeft(0);
  expect(timeLeft.estimate(100, 1000, 10_000)).toBe(90);
  const soon = timeLeft.estimate(400, 1000, 10_200)!; // 15 s at this rate
  expect(soon).toBeGreaterThan(80);
  expect(timeLeft.estimate(500, 1000, 40_000)).toBeCloseTo(40, 0);
});

it('findings appear above the line, only where that is drawn', async () => {
  for (const isTTY of [true, false]) {
    const { io, written } = fakeTerminal(isTTY);
    const progress = showProgress(io, undefined);
    progress.say('found: a.txt:1');
    progress.bytes(1);
    expect(written).toEqual([]);
    vi.setSystemTime(Date.now() + 11_000);
    progress.bytes(1);
    await vi.waitFor(() => expect(written.join('')).toContain('2 B'));
    await progress.end();
    expect(written.join('').includes('found: a.txt:1\n')).toBe(isTTY);
  }
});

it('the bytes to scan are counted once the line is drawn on a terminal', async () => {
  for (const isTTY of [true, false]) {
    const { io, written } = fakeTerminal(isTTY);
    const progress = showProgress(io, undefined);
    let counted = 0;
    progress.measureBy(async () => {
      counted++;
      return 100e6;
    });
    progress.bytes(10e6);
    expect(counted).toBe(0);
    for (let time = 0; time < 3; time++) {
      vi.setSystemTime(Date.now() + 11_000);
      progress.bytes(10e6);
      await vi.waitFor(() => expect(written.length).toBeGreaterThan(time));
    }
    await progress.end();
    expect(counted).toBe(isTTY ? 1 : 0);
    expect(/40\.0 MB of 100\.0 MB, .*, \d+ s left/.test(written.join(''))).toBe(isTTY);
  }
});

it('shows a second phase with steps of its own', async () => {
  const { io, written } = fakeTerminal(false);
  const progress = showProgress(io, 100e6);
  vi.setSystemTime(Date.now() + 11_000);
  progress.bytes(50e6);
  progress.phase('who introduced it, commits', 200);
  for (let step = 0; step < 50; step++) progress.step();
  vi.setSystemTime(Date.now() + 11_000);
  progress.step();
  await progress.end();
  expect(written.at(-1)).toBe('glaive: who introduced it, commits: 51 of 200, 33 s left\n');
});

it('a line on a terminal is drawn over the last one, is never wider than the terminal, and leaves nothing', () => {
  const written: string[] = [];
  const stream = Object.assign(new PassThrough(), { columns: 40 });
  stream.on('data', (piece: Buffer) => written.push(piece.toString()));
  const line = createProgressLine(stream);
  line.draw('a', 0.25);
  line.draw('a text that is far too long for it', 2.5);
  line.above('stays');
  line.clear();
  expect(written).toEqual([
    `\r${'#'.repeat(6)}${'.'.repeat(18)} 25% a\u001B[K`,
    `\r${'#'.repeat(24)} 100% a text th\u001B[K`,
    '\r\u001B[Kstays\n',
    '\r\u001B[K',
  ]);
});

it('a terminal without a size gets the whole line', () => {
  const stream = Object.assign(new PassThrough(), { columns: 0 });
  createProgressLine(stream).draw('text');
  expect(stream.read().toString()).toBe('\rtext\u001B[K');
});
