/** Files in the text of uuencode, also in base64 (POSIX): each is an entry. Other text around them is scanned with the file. */

import type { Input } from '../../model/artifact.ts';
import { memoryInput } from '../memory.ts';
import type { Budget } from './budget.ts';
import { readWhole } from './bytes-of.ts';
import { entryArtifact } from './entry.ts';

const BEGIN = /^begin(-base64)? [0-7]{3,4} (\S.*)$/;

/** @throws Error if the end of a file is missing */
export async function* uudecode(input: Input, budget: Budget): AsyncGenerator<Input> {
  const bytes = await readWhole(input);
  let file: { readonly name: string; readonly isBase64: boolean; readonly pieces: Buffer[] } | undefined;
  for (let start = 0; start < bytes.length;) {
    const next = bytes.indexOf(10, start);
    const end = next < 0 ? bytes.length : next;
    const line = bytes.toString('latin1', start, end).replace(/\r$/, '');
    start = end + 1;
    if (file === undefined) {
      const [, base64, name] = BEGIN.exec(line) ?? [];
      if (name === undefined) continue;
      budget.entry();
      file = { name: Buffer.from(name, 'latin1').toString('utf8'), isBase64: base64 !== undefined, pieces: [] };
    } else if (file.isBase64 ? line.startsWith('====') : line === 'end') {
      yield memoryInput(Buffer.concat(file.pieces), entryArtifact(input.artifact, file.name));
      file = undefined;
    } else {
      const piece = file.isBase64 ? Buffer.from(line, 'base64') : decodeLine(line);
      budget.spend(piece.length, piece.length, undefined);
      file.pieces.push(piece);
    }
  }
  if (file !== undefined) throw new Error('unexpected end of file');
}

/** Its first character says how many bytes it has; four others are three bytes. Spaces at its end may have been cut off. */
function decodeLine(line: string): Buffer {
  const valueAt = (at: number): number => ((line.charCodeAt(at) || SPACE) - SPACE) & 63;
  const bytes = Buffer.alloc(valueAt(0));
  for (let to = 0, at = 1; to < bytes.length; to += 3, at += 4) {
    const group = (valueAt(at) << 18) | (valueAt(at + 1) << 12) | (valueAt(at + 2) << 6) | valueAt(at + 3);
    for (let index = 0; index < 3 && to + index < bytes.length; index++) bytes[to + index] = group >> (16 - 8 * index);
  }
  return bytes;
}

const SPACE = 32;
