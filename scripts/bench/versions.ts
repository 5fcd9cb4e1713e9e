/** Why `staged` reads the text of a diff: the CPU time of a clean commit hook, with it and with whole versions (`src/staged/staged.ts`). */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { measure } from './measure.ts';
import type { BenchOptions } from './options.ts';

/** CPU milliseconds that comparing versions may cost more. */
const BUDGET = 4;
const FILES = 100;

export async function benchVersions({ root, effort, print }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
  try {
    const program = join(folder, 'by-versions.mjs');
    const bundle = await rolldown({
      input: join(root, 'scripts', 'bench', 'by-versions.ts'),
      platform: 'node',
      logLevel: 'warn',
    });
    await bundle.write({ file: program, format: 'esm', codeSplitting: false });
    await bundle.close();
    const lines = sourceLines(root);
    const rows = COMMITS.map(({ name, files, length }, index) => {
      const cwd = join(folder, `${index}`);
      makeCommit(cwd, lines, { files, length });
      const [text, versions] = measure(
        ['text', 'versions'].map((how) => ({ name: how, program: process.execPath, args: [program, how], cwd })),
        effort,
      );
      const more = versions!.cpu - text!.cpu; // one timing for each command
      return [name, text!.cpu.toFixed(1), versions!.cpu.toFixed(1), `+${more.toFixed(1)}`, `+${BUDGET}`];
    });
    print(
      `a clean commit that changes 5 lines of each file; Node ${process.versions.node}`,
      ['commit', 'text, CPU ms', 'versions, CPU ms', 'more', 'budget'],
      rows,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const COMMITS = [
  { name: '1 file of 100 lines', files: 1, length: 100 },
  { name: '5 files of 100 lines', files: 5, length: 100 },
  { name: '50 files of 100 lines', files: 50, length: 100 },
  { name: '1 file of 23 000 lines (1 MB)', files: 1, length: 23_000 },
] as const;

/** Text as people commit it: random text would look encoded. */
function sourceLines(root: string): string[] {
  const files = execFileSync('git', ['ls-files', 'src/*.ts'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  return files.flatMap((path) => readFileSync(join(root, path), 'utf8').split('\n'));
}

function makeCommit(
  cwd: string,
  lines: readonly string[],
  { files, length }: { readonly files: number; readonly length: number },
): void {
  mkdirSync(cwd);
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd, stdio: 'pipe' });
  };
  const write = (count: number, changed: readonly string[]): void => {
    for (let file = 0; file < count; file++) {
      const text = Array.from({ length }, (_, at) => lines[(file * 997 + at) % lines.length]!);
      writeFileSync(join(cwd, `${file}.ts`), text.toSpliced(length / 2, changed.length, ...changed).join('\n'));
    }
  };
  git('init', '--quiet', '--initial-branch=main');
  write(length > 1000 ? files : FILES, []);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
  git('gc', '--quiet');
  write(files, ['one changed line', 'two', 'three', 'four', 'five']);
  git('add', '--all');
}
