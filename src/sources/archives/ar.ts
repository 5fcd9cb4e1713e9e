/**
 * Archives of `ar`: packages of Debian, and static libraries, which are as they were linked: each member is stored. Their object files are searched
 * with the library itself, so of thousands of members only those are opened that are archives.
 */

import { isArchive } from '../../lib/archive-kind.ts';
import type { Input } from '../../model/artifact.ts';
import { memoryInput } from '../memory.ts';
import type { Budget } from './budget.ts';
import { bytesOf, readWhole } from './bytes-of.ts';
import { entryArtifact } from './entry.ts';
import { unpackOther } from './packed.ts';

const FIRST = 8;
const HEADER = 60;
const NAME = 16;
const SIZE_AT = 48;
const MAGIC = '`\n';
/** The first member of a static library: the index of its symbols. */
const IS_INDEX = /^(?:\/ |\/SYM64\/ |__\.SYMDEF|#1\/\d{1,3} {0,12}$)/;
const BSD_INDEX = '__.SYMDEF';
/** Members that are no files: the index, and the table of long names. */
const IS_TABLE = /^(?:\/{1,2} |\/SYM64\/ |__\.SYMDEF)/;

export async function* unpackAr(input: Input, budget: Budget): AsyncGenerator<Input> {
  if (!(await isLibrary(input))) {
    yield* unpackOther(input, budget, 'ar');
    return;
  }
  const bytes = await readWhole(input);
  let longNames = '';
  for (let at = FIRST; at + 1 < bytes.length;) {
    const name = bytes.toString('latin1', at, at + NAME);
    const size = Number(bytes.toString('latin1', at + SIZE_AT, at + HEADER - 2));
    const [start, end] = [at + HEADER, at + HEADER + size];
    if (bytes.toString('latin1', start - 2, start) !== MAGIC || !Number.isSafeInteger(size) || end > bytes.length)
      throw new Error('unexpected end of file');
    budget.entry();
    if (name.startsWith('//')) longNames = bytes.toString('latin1', start, end);
    if (!IS_TABLE.test(name)) {
      const own = /^#1\/(\d+)/.exec(name)?.[1];
      const content = bytes.subarray(start + Math.min(size, Number(own ?? 0)), end);
      budget.spend(content.length, content.length, undefined);
      if (isArchive(content, true)) {
        const known =
          own === undefined ? nameOf(name, longNames) : bytes.toString('latin1', start, start + Number(own));
        yield memoryInput(content, entryArtifact(input.artifact, known.replace(/\0+$/, '')));
      }
    }
    at = end + (size % 2);
  }
}

async function isLibrary(input: Input): Promise<boolean> {
  for await (const piece of bytesOf(input)) {
    const head = Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString(
      'latin1',
      FIRST,
      FIRST + HEADER + NAME,
    );
    const [name, own] = [head.slice(0, NAME), head.slice(HEADER)];
    return IS_INDEX.test(name) && (!name.startsWith('#1/') || own.startsWith(BSD_INDEX));
  }
  return false;
}

/** `/12` is the name at that place of the table. */
function nameOf(name: string, longNames: string): string {
  const place = /^\/(\d+)/.exec(name)?.[1];
  const long = place === undefined ? name : longNames.slice(Number(place)).split(/\/?[\n\0]/, 1)[0]!;
  return long.trimEnd().replace(/\/$/, '');
}
