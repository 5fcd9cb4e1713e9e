/**
 * Repositories made of a seed: files that change by pieces of credentials, in plain text and encoded, split and joined, moved and
 * doubled, so that needles cross every kind of chunk boundary. The same seed gives the same repository.
 */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { mint, Random } from './mint.ts';
import { gitEnvironment, tempFolder } from './temp-folder.ts';

export interface FuzzOptions {
  readonly commits: number;
  readonly objectFormat?: 'sha1' | 'sha256';
  readonly depth?: number;
  readonly window?: number;
  /** More arguments for `git repack`. */
  readonly repack?: readonly string[];
}

const FRAGMENTS =
  String.raw`g gl glp glpat- lpat- pat- - glrt- gldt- _ abc 0123456789 " = . .01. eyJ token hvs. \x2d \u002d %2d &#45; =2D
67_6c_70_61_74 676c7061742d data: auth:_ PRIVATE-TOKEN:_ -----BEGIN_ RSA_PRIVATE_KEY-----`
    .replaceAll('\n', ' ')
    .split(' ')
    .map((fragment) => (fragment === '_' ? fragment : fragment.replaceAll('_', ' ')))
    .concat(' ', '  ', '\n', '\r\n', '=\n', '=\r\n', '\0', '\xff', 'g\0l\0p\0a\0t\0-\0')
    // Parts of archives: the end of a zip file, the header of a stream, a PDF with such streams.
    .concat(
      'PK',
      `\u0005\u0006${'\0'.repeat(18)}`,
      '\u001f\u008b',
      `\b${'\0'.repeat(6)}\u0003`,
      '%PDF-',
      '/FlateDecode',
    );

function rubbish(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.pick(FRAGMENTS)).join('');
}

function line(random: Random): string {
  const length = random.between(0, 80);
  return `${Array.from({ length }, () => String.fromCharCode(random.between(32, 126))).join('')}\n`;
}

/** A credential in one of the forms that it may have in a file. */
function credential(random: Random): string {
  const token = mint(random.pick(['pat legacy', 'pat routable v1', 'deploy', 'trigger', 'feed']), random);
  const base64 = Buffer.from(
    `${rubbish(random, 2)}user:${token} and more of it, so that there are lines`,
    'latin1',
  ).toString('base64');
  const forms = [
    token,
    Buffer.from(token).toString('hex'),
    base64,
    base64.replace(/.{40}/g, '$&\n    '),
    base64.replace(/.{64}/g, '$&\r\n'),
    token.replaceAll('-', '%2D'),
    token.replace(/.{12}/g, '$&=\n'),
    Buffer.from(token, 'utf16le').toString('latin1'),
    // Touched on either side, which moves from version to version.
    `${random.pick(['acme-', 'backup-', 'x'])}${token}${random.pick(['end', '-fix', '_', '9'])}`,
  ];
  return random.pick(forms);
}

function changed(text: string, random: Random): string {
  const at = random.between(0, text.length);
  const insert = (piece: string): string => text.slice(0, at) + piece + text.slice(at);
  switch (random.between(0, 7)) {
    case 0:
      return insert(rubbish(random, random.between(1, 4)));
    case 1:
      return text.slice(0, at) + text.slice(at + random.between(1, 12));
    case 2: {
      const from = random.between(0, text.length);
      return insert(text.slice(from, from + random.between(1, 200)));
    }
    case 3:
      return insert(credential(random));
    case 4: {
      // Into the middle of one.
      const begin = text.indexOf('pat-', at);
      const cut = begin < 0 ? at : begin + random.between(0, 28);
      return text.slice(0, cut) + random.pick(FRAGMENTS) + text.slice(cut);
    }
    case 5: {
      const begin = text.indexOf('=', at);
      return begin < 0 ? insert('=\n') : text.slice(0, begin) + text.slice(begin + 1);
    }
    case 6:
      return insert(line(random));
    default: {
      const from = random.between(0, text.length);
      const piece = text.slice(from, from + random.between(1, 400));
      const rest = text.slice(0, from) + text.slice(from + piece.length);
      const to = random.between(0, rest.length);
      return rest.slice(0, to) + piece + rest.slice(to);
    }
  }
}

/** One such text, in its last version. */
export function fuzzText(random: Random): string {
  let text = Array.from({ length: 20 }, () =>
    random.between(0, 3) > 0 ? line(random) : `${rubbish(random, 8)}\n`,
  ).join('');
  for (let edits = random.between(5, 30); edits > 0; edits--) text = changed(text, random);
  return text;
}

/** A bare repository of packs. */
export function fuzzRepository(
  seed: number,
  { commits, objectFormat = 'sha1', depth = 50, window = 50, repack = [] }: FuzzOptions,
): string {
  const random = new Random(seed);
  const root = join(tempFolder(), 'fuzz.git');
  const run = (args: readonly string[], input?: Buffer): void => {
    execFileSync('git', args, {
      env: gitEnvironment(),
      ...(input === undefined ? {} : { input }),
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  };
  run(['init', '--quiet', '--bare', `--object-format=${objectFormat}`, root]);
  const files = Array.from({ length: 6 }, () =>
    Array.from({ length: 40 }, () => (random.between(0, 3) > 0 ? line(random) : `${rubbish(random, 8)}\n`)).join(''),
  );
  const stream: Buffer[] = [];
  for (let commit = 0; commit < commits; commit++) {
    const file = random.between(0, files.length - 1);
    let text = files[file]!;
    for (let edits = random.between(1, 6); edits > 0; edits--) text = changed(text, random);
    if (text.length > 30_000) text = text.slice(random.between(0, 4000), -random.between(1, 8000));
    files[file] = text;
    const bytes = Buffer.from(text, 'latin1');
    const message = Buffer.from(random.between(0, 9) === 0 ? rubbish(random, 6) : `change ${commit}`, 'latin1');
    stream.push(
      Buffer.from(
        `commit refs/heads/main\ncommitter T <t@example.com> ${1_600_000_000 + commit} +0000\ndata ${message.length}\n`,
      ),
      message,
      Buffer.from(`\nM 100644 inline folder/f${file}.txt\ndata ${bytes.length}\n`),
      bytes,
      Buffer.from('\n'),
    );
  }
  run(['-C', root, 'fast-import', '--quiet'], Buffer.concat(stream));
  run(['-C', root, 'repack', '-a', '-d', '-f', '-q', `--depth=${depth}`, `--window=${window}`, ...repack]);
  return root;
}
