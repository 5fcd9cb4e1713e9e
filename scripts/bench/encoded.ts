/** Text that is escaped, encoded or broken into lines, against plain text of the same size: `glaive scan` in one thread. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCorpora } from '../corpora.ts';
import { measure } from './measure.ts';
import type { BenchOptions } from './options.ts';

const SIZE = 24_000_000;
/** CPU time relative to that of plain text, without the start of the command. */
const BUDGET = 4;

const escapedBy =
  (is: RegExp, escape: (code: string, character: string) => string) =>
  (text: string): string =>
    text.replace(is, (character) => escape(character.charCodeAt(0).toString(16).padStart(2, '0'), character));
const inLines = (text: string, width: number, end: string): string =>
  text.match(new RegExp(`[^]{1,${width}}`, 'g'))!.join(end);

/** Ways to write a text. */
const WAYS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  'JSON, \\u for what HTML means': escapedBy(/[<>&'=\n"]/g, (code) => `\\u00${code}`),
  'JSON, \\u for all but letters': escapedBy(/[^A-Za-z0-9 ]/g, (code) => `\\u00${code}`),
  'percent-encoding': escapedBy(/[^A-Za-z0-9_.~-]/g, (code) => `%${code.toUpperCase()}`),
  'HTML references': escapedBy(/[^A-Za-z0-9 \n]/g, (code) => `&#x${code};`),
  'quoted-printable, soft line breaks': (text) =>
    inLines(escapedBy(/[=\x7f-\xff]/g, (code) => `=${code.toUpperCase()}`)(text).replaceAll('\n', ' '), 75, '=\n'),
  'lines that a backslash continues': (text) => inLines(text.replaceAll('\n', ' '), 100, '\\\n'),
  'base64, 76 columns': (text) => inLines(Buffer.from(text, 'latin1').toString('base64'), 76, '\n'),
  'hex, 64 columns': (text) => inLines(Buffer.from(text, 'latin1').toString('hex'), 64, '\n'),
};

export function benchEncoded({ main, root, effort, quick, print }: BenchOptions): void {
  const cwd = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
  try {
    const size = quick ? SIZE / 10 : SIZE;
    const text = Buffer.concat(
      readCorpora(root, 'measured')
        .filter(({ name }) => name === 'code' || name === 'markdown')
        .map(({ bytes }) => bytes),
    ).toString('latin1');
    const names = Object.keys(WAYS);
    names.forEach((name, index) => {
      const written = Buffer.from(WAYS[name]!(text), 'latin1');
      writeFileSync(join(cwd, `${index}`), Buffer.alloc(size, written));
    });
    writeFileSync(join(cwd, 'nothing'), '\n');
    const timings = measure(
      [...names.keys(), 'nothing'].map((file) => ({
        name: `${file}`,
        program: process.execPath,
        args: [main, 'scan', '--threads', '1', '--exit-zero', '--quiet', `${file}`],
        cwd,
      })),
      { ...effort, rounds: Math.min(effort.rounds, 3), runs: 1 },
    );
    const start = timings.at(-1)!.cpu;
    const plain = timings[0]!.cpu - start;
    print(
      `encoded text of ${size / 1e6} MB; the start takes ${start.toFixed(0)} ms of CPU; Node ${process.versions.node}`,
      ['text', 'CPU ms without the start', 'of plain text', 'budget'],
      names.map((name, index) => {
        const cpu = timings[index]!.cpu - start;
        return [name, cpu.toFixed(0), `${(cpu / plain).toFixed(1)}x`, index === 0 ? '' : `${BUDGET}x`];
      }),
    );
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
