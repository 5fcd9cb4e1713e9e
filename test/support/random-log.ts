/** Random job logs: lines of every kind, with headers, colours, other marks, and text without one. */

import type { Random } from './mint.ts';

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

/** Writes parts of job logs. */
export class LogWriter {
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
    if (kind === 'streams')
      return `${this.time()}Z ${random.pick(['01O', '01E', '02O'])}${random.below(9) === 0 ? '+' : ' '}`;
    if (kind === 'github') return `${this.time()}7Z `;
    if (kind === 'broken')
      return random.pick([`${this.time()}Z 0GO `, `${this.time()} `, `${this.time()}Z 0fO`, '2026-08-22T00:00:00.']);
    return '';
  }
}

const HEADERS = ['runner', 'runner', 'continued', 'streams', 'github', 'plain', 'broken'];
const TEXTS = ['words', 'words', 'wide', 'paths', 'colours', 'returns', 'commands', 'odd', 'long', 'many', 'bytes'];

/** Stretches of lines, each of one kind with a few others in between. */
export function randomLog(random: Random, stretches: number): Buffer {
  const writer = new LogWriter(random);
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
