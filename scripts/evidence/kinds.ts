/** Texts of every kind that the kernel is measured on, with minted tokens in them, as files and as a repository that has them staged. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decoys } from '../../test/support/decoys.ts';
import { KINDS, place, Random } from '../../test/support/mint.ts';
import { readCorpora } from '../corpora.ts';

const SEED = 20_261_129;
/** In 2 MB of each kind of text. */
const TOKENS = 400;

const ENCODINGS: readonly ((text: Buffer) => Buffer)[] = [
  (text) => text,
  (text) => text,
  (text) => Buffer.from(text.toString('base64')),
  (text) => Buffer.from(text.toString('base64').replaceAll(/.{76}/g, '$&\n')),
  (text) => Buffer.from(text.toString('base64url')),
  (text) => Buffer.from(text.toString('hex')),
  (text) => Buffer.from(text.toString('latin1'), 'utf16le'),
  (text) => Buffer.from(encodeURIComponent(text.toString('latin1')).replaceAll('-', '%2D')),
  (text) => Buffer.from(text.toString('latin1').replaceAll(/[^a-z0-9]/gi, escaped)),
  (text) => gzipSync(text),
];

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** @returns the names of the files */
export function writeKinds(root: string, folder: string): string[] {
  mkdirSync(folder);
  const random = new Random(SEED);
  const kinds = Object.keys(KINDS);
  return readCorpora(root, 'measured').map(({ name, bytes }, index) => {
    const lookAlikes = decoys(TOKENS / 2, SEED + index);
    const parts: Buffer[] = [];
    const step = Math.floor(bytes.length / TOKENS);
    for (let at = 0; at < bytes.length; at += step) {
      parts.push(bytes.subarray(at, at + step));
      const lookAlike = random.below(3) === 0 ? lookAlikes.next().value?.text : undefined;
      const text = lookAlike ?? place(random.pick(kinds), random).text;
      const separator = Buffer.from(random.pick(['\n', '\n', '\r\n', ' ', '']));
      parts.push(separator, random.pick(ENCODINGS)(Buffer.from(text)), separator);
    }
    const file = `${name.replaceAll(' ', '-')}.log`;
    writeFileSync(join(folder, file), Buffer.concat(parts));
    return file;
  });
}

/** Some files are in the newest commit already, and their lines are staged in another order. */
export function writeStagedKinds(kinds: string, folder: string): void {
  cpSync(kinds, folder, { recursive: true });
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  git('init', '--quiet');
  git('add', 'code.log', 'json.log', 'utf-16.log');
  git('commit', '--quiet', '--message', 'some');
  for (const name of ['code.log', 'json.log'])
    execFileSync('sh', ['-c', `sort ${name} > s && mv s ${name}`], { cwd: folder });
  git('add', '--all');
}
