/** The diff parser against git: for random files, its excerpts are the lines of both versions, however the bytes arrive. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DiffParser, type FileDiff } from '../../src/staged/diff-parser.ts';
import { runs } from '../support/runs.ts';
import { gitEnvironment, tempRepository } from '../support/temp-folder.ts';
import { execFileSync } from 'node:child_process';

const DIFF = ['diff', '--cached', '--text', '--full-index', '--no-color', '--no-renames'];
const PREFIXES = ['--src-prefix=a/', '--dst-prefix=b/'];

function parse(pieces: readonly Buffer[]): FileDiff[] {
  const parser = new DiffParser();
  for (const piece of pieces) parser.push(piece);
  parser.end();
  return parser.take();
}

/** Lines that might be taken for something else, and bytes of every kind. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    '-',
    '+',
    '--- a/x',
    '+++ b/x',
    '-- a/x',
    '++ b/x',
    '@@ -1 +1 @@',
    '\\ No newline at end of file',
  ),
  fc.constantFrom('diff --git a/x b/x', 'index 1..2', 'new file mode 100644', '* Unmerged path x', 'x\r', 'é', 'same'),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)).toString('latin1')),
);
const content = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
  .map(([lines, ended]) => Buffer.from(lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''), 'latin1'));

function filled(lines: readonly string[]): string[] {
  return lines.filter((each) => each !== '');
}

/** The lines of a file, without their ends. */
function linesOf(bytes: Buffer): string[] {
  const text = bytes.toString('latin1');
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

it('excerpts what a change touches, and with enough context both versions', () => {
  const root = tempRepository({ keep: 'x\n' });
  const git = (...args: string[]): Buffer => execFileSync('git', args, { cwd: root, env: gitEnvironment() });
  fc.assert(
    fc.property(content, content, fc.array(fc.nat(200), { maxLength: 6 }), (before, after, cuts) => {
      writeFileSync(join(root, 'file'), before);
      git('add', 'file');
      git('commit', '--quiet', '--allow-empty', '--message', 'before');
      writeFileSync(join(root, 'file'), after);
      git('add', 'file');
      const old = linesOf(before);
      const now = linesOf(after);
      const [whole, ...others] = parse(cut(git(...DIFF, ...PREFIXES, '--unified=1000'), cuts));
      const [touched] = parse(cut(git(...DIFF, ...PREFIXES, '--unified=0'), cuts));
      expect(others).toEqual([]);
      expect(whole === undefined).toBe(before.equals(after));
      if (whole === undefined || touched === undefined) return;
      expect(whole.path).toBe('file');
      expect(linesOf(whole.newText)).toEqual(now);
      expect(linesOf(whole.oldText)).toEqual(old);
      // Changes are separated by empty lines. The lines that no change touches are the same in both versions.
      const [added, removed] = [filled(linesOf(touched.newText)), filled(linesOf(touched.oldText))];
      expect(isSubsequence(added, now)).toBe(true);
      expect(isSubsequence(removed, old)).toBe(true);
      expect(filled(now).length - added.length).toBe(filled(old).length - removed.length);
    }),
    { numRuns: runs({ fast: 30, long: 240 }) },
  );
});

it('does not care how the bytes are cut', () => {
  const root = tempRepository({ 'a "b"': 'one\ntwo\n', b: 'x', c: 'y\n' });
  writeFileSync(join(root, 'a "b"'), 'two\nthree\n++ x\n');
  writeFileSync(join(root, 'b'), 'x\n');
  writeFileSync(join(root, 'new\nline'), '\0\n\n');
  const git = (...args: string[]): Buffer => execFileSync('git', args, { cwd: root, env: gitEnvironment() });
  git('rm', '--quiet', 'c');
  git('add', '--all');
  const output = git(...DIFF, ...PREFIXES);
  const whole = parse([output]);
  expect(whole.map(({ path, newPath, blob }) => [path, newPath, blob !== undefined])).toEqual([
    ['a "b"', false, true],
    ['b', false, true],
    ['c', false, false],
    ['new\nline', true, true],
  ]);
  for (let size = 1; size < 40; size++) {
    const pieces = Array.from({ length: Math.ceil(output.length / size) }, (_, index) =>
      output.subarray(index * size, (index + 1) * size),
    );
    expect(parse(pieces)).toEqual(whole);
  }
});

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.filter((cutAt) => cutAt < bytes.length).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const item of whole) if (at < part.length && part[at] === item) at++;
  return at === part.length;
}
