/**
 * Text of many kinds, 2 MB each, for the planner of the kernel and for its bench: files of `node_modules/` and of folders that
 * are given, and texts that are made of them. The two halves have no file in common, so that a plan is measured on
 * text that it was not made for.
 */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type Half = 'planned' | 'measured';
export interface Corpus {
  readonly name: string;
  readonly bytes: Buffer;
}

const MB = 1024 * 1024;
/** From one file, so that no file decides alone. */
const PER_FILE = 64 * 1024;
/** Minified code has lines of at least this length on average. */
const MINIFIED = 300;

const CODE = /\.(?:[cm]?[jt]s|go|rs|py|c|h|cc|java|rb)$/;
const KINDS: readonly { readonly name: string; readonly is: (path: string, bytes: Buffer) => boolean }[] = [
  { name: 'code', is: (path, bytes) => CODE.test(path) && !isMinified(bytes) },
  { name: 'minified', is: (path, bytes) => CODE.test(path) && isMinified(bytes) },
  { name: 'source maps', is: (path) => path.endsWith('.map') },
  { name: 'json', is: (path) => path.endsWith('.json') },
  { name: 'markdown', is: (path) => path.endsWith('.md') },
  { name: 'markup', is: (path) => /\.(?:ya?ml|html|css|svg|xml)$/.test(path) },
];

function isMinified(bytes: Buffer): boolean {
  let lines = 1;
  for (const byte of bytes) if (byte === 0x0a) lines++;
  return bytes.length > MINIFIED * lines;
}

/** @param folders searched in addition to `node_modules/` */
export function readCorpora(root: string, half: Half, folders: readonly string[] = []): Corpus[] {
  const paths = [join(root, 'node_modules'), ...folders].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  // Neighbours in a folder are alike, so their order is by a hash of the name, and the half by one more bit.
  const ordered = paths
    .map((path) => ({ path, key: createHash('sha256').update(path.slice(root.length)).digest() }))
    .filter(({ key }) => key[31]! % 2 === (half === 'planned' ? 0 : 1))
    .toSorted((a, b) => a.key.compare(b.key));
  const parts = new Map(KINDS.map(({ name }) => [name, { bytes: [] as Buffer[], size: 0 }]));
  for (const { path } of ordered) {
    if (KINDS.every(({ name }) => parts.get(name)!.size >= 2 * MB)) break;
    if (statSync(path).size < 200) continue;
    const whole = readFileSync(path);
    const kind = KINDS.find(({ is }) => is(path, whole));
    if (kind === undefined) continue;
    const part = parts.get(kind.name)!;
    if (part.size >= 2 * MB) continue;
    const bytes = whole.subarray(whole.length >> 2, (whole.length >> 2) + PER_FILE);
    part.bytes.push(bytes);
    part.size += bytes.length;
  }
  const found = [...parts].map(([name, { bytes }]) => ({
    name,
    bytes: Buffer.concat(bytes).subarray(0, 2 * MB) as Buffer,
  }));
  found.push({ name: 'binary', bytes: partOfNode(half) });
  return [...found, ...madeOf(new Map(found.map(({ name, bytes }) => [name, bytes])), half)];
}

/** Machine code and its data: packages have little of it. */
function partOfNode(half: Half): Buffer {
  const bytes = Buffer.alloc(2 * MB);
  const file = openSync(process.execPath, 'r');
  for (let part = 0; part < 4; part++)
    readSync(file, bytes, part * (MB / 2), MB / 2, (8 * part + (half === 'planned' ? 0 : 4)) * 2 * MB);
  closeSync(file);
  return bytes;
}

/** Kinds of text that packages do not have. */
function madeOf(found: ReadonlyMap<string, Buffer>, half: Half): Corpus[] {
  const random = createRandom(half);
  const [code, markdown, binary] = ['code', 'markdown', 'binary'].map((name) => found.get(name)!) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const lines = Buffer.concat([markdown, code]).toString('latin1').split('\n');
  const noise = Buffer.from(Array.from({ length: MB }, () => random(256)));
  const fill = (part: () => string): Buffer => {
    const texts: string[] = [];
    for (let size = 0; size < 2 * MB; size += texts.at(-1)!.length) texts.push(part());
    return Buffer.from(texts.join(''), 'latin1').subarray(0, 2 * MB);
  };
  const pieceOf = (bytes: Buffer, length: number): Buffer => {
    const at = random(bytes.length - length);
    return bytes.subarray(at, at + length);
  };
  return [
    { name: 'job log', bytes: fill(() => jobLogLine(random, lines[random(lines.length)]!)) },
    { name: 'service log', bytes: fill(() => serviceLogLine(random)) },
    {
      name: 'base64',
      bytes: fill(() => {
        const encoded = pieceOf(random(2) === 0 ? noise : code, 600 + random(9000)).toString('base64');
        return `${encoded.match(random(2) === 0 ? /.{1,76}/g : /.+/g)!.join('\n')}\n`;
      }),
    },
    {
      name: 'hex',
      bytes: fill(() => {
        const encoded = pieceOf(random(2) === 0 ? noise : binary, 16 + random(400)).toString('hex');
        return `${random(2) === 0 ? encoded : encoded.replaceAll(/../g, '0x$&, ')}\n`;
      }),
    },
    { name: 'utf-16', bytes: Buffer.from(markdown.toString('latin1').slice(0, MB), 'utf16le') },
    { name: 'random', bytes: Buffer.concat([noise, noise.toReversed()]) },
    { name: 'zeros', bytes: Buffer.alloc(2 * MB) },
  ];
}

type Random = (limit: number) => number;

function jobLogLine(random: Random, text: string): string {
  const two = (limit: number): string => String(random(limit)).padStart(2, '0');
  const time = `2026-0${1 + random(9)}-${1 + random(2)}${random(9)}T${two(24)}:${two(60)}:${two(60)}.${100_000 + random(900_000)}Z`;
  const shown = random(3) === 0 ? `\u001b[32;1m${text}\u001b[0;m` : text;
  return `${time} ${two(2)}O ${shown}\n`;
}

function serviceLogLine(random: Random): string {
  const hex = (length: number): string => Array.from({ length }, () => random(16).toString(16)).join('');
  const time = `2026-0${1 + random(9)}-1${random(9)}T1${random(9)}:${10 + random(50)}:${10 + random(50)}.${100 + random(900)}Z`;
  switch (random(3)) {
    case 0:
      return `10.0.${random(256)}.${random(256)} - - [${time}] "GET /v1/items/${random(99_999)}/tags?page=${random(50)}&q=a%20b%2Fc HTTP/1.1" 200 ${random(99_999)} "-" "Mozilla/5.0 (X11; Linux x86_64)"\n`;
    case 1:
      return `{"level":"info","time":"${time}","msg":"request done","trace_id":"${hex(32)}","duration_ms":${random(99)}.${random(999)},"user":"u${random(9999)}","path":"\\u002fitems\\/${random(9999)}"}\n`;
    default:
      return `${time} INFO  [worker-${random(16)}] c.e.s.Service - job=${hex(10)} state=RUNNING took=${random(9999)}ms queue=default.${random(9)}\n`;
  }
}

/** Park and Miller's generator, a different sequence for each half. */
function createRandom(half: Half): Random {
  let state = half === 'planned' ? 1 : 4711;
  return (limit) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return (state >>> 8) % limit;
  };
}
