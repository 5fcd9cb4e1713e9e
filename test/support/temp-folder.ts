/** Folders and repositories that live as long as a test. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { inShell } from './shell.ts';

/** An empty folder, removed when the test ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'glaive-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder, with the folders they need. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Runs git in a folder, untouched by the configuration of the user; gives its output. */
export function git(folder: string, ...args: string[]): string {
  return inShell(folder, gitEnvironment(), [['git', ...args]]);
}

/** An environment in which git reads no configuration of the user, but that of the tests (`gitconfig`). */
export function gitEnvironment(): Record<string, string> {
  const person = { NAME: 'A', EMAIL: 'a@example.com', DATE: '2026-01-01T00:00:00Z' };
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/proc/nonexistent',
    GIT_CONFIG_GLOBAL: join(import.meta.dirname, 'gitconfig'),
    GIT_CONFIG_SYSTEM: '/dev/null',
    ...Object.fromEntries(
      Object.entries(person).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    ),
  };
}

/** A repository with these files committed, removed when the test ends. */
export function tempRepository(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = tempFolder();
  const steps = [['git', 'init', '--quiet', '--initial-branch=main']];
  if (Object.keys(files).length > 0) {
    writeFiles(folder, files);
    steps.push(['git', 'add', '--all'], ['git', 'commit', '--quiet', '--message', 'first']);
  }
  inShell(folder, gitEnvironment(), steps);
  return folder;
}
