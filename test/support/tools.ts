/** Programs of others that tests run for real, in versions that are pinned here. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI } from './run-cli.ts';
import { tempFolder } from './temp-folder.ts';

/**
 * A version with packages for every platform in the registry. It is no development dependency, for its install script
 * would write into this repository's own hooks.
 */
const LEFTHOOK = '2.0.16';

/** The lefthook binary, fetched from the npm registry once. */
export function lefthookProgram(): string {
  const folder = join(import.meta.dirname, '..', '..', '.cache', `lefthook-${LEFTHOOK}`);
  const program = join(folder, 'node_modules', '.bin', 'lefthook');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    execFileSync(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', `lefthook@${LEFTHOOK}`],
      {
        cwd: folder,
        stdio: 'pipe',
      },
    );
  }
  return program;
}

const PRE_COMMIT = '4.7.0';
/** One that builds a repository by itself: from 4.7 on that is left to npm, which from version 11 on runs no script for it. */
export const PRE_COMMIT_THAT_BUILDS = '4.3.0';

/** pre-commit, fetched from the Python registry once; undefined where there is no Python to run it. */
export function preCommitProgram(version = PRE_COMMIT): string | undefined {
  const folder = join(import.meta.dirname, '..', '..', '.cache', `pre-commit-${version}`);
  const program = join(folder, 'bin', 'pre-commit');
  if (existsSync(program)) return program;
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
    execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', `pre-commit==${version}`], { stdio: 'pipe' });
  } catch {
    return undefined;
  }
  return program;
}

/** An environment in which `glaive` is on the PATH, as a global installation puts it there. */
export function withGlaiveOnPath(...more: readonly string[]): { readonly PATH: string } {
  const folder = tempFolder();
  symlinkSync(CLI, join(folder, 'glaive'));
  return { PATH: [folder, ...more, process.env['PATH']].join(':') };
}
