/** Runs package managers as a user with nothing configured does, and takes a warning for a failure. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What package managers say when something is wrong; npm then says nothing else on standard error. */
const WARNING = /\bwarn(?:ing)?\b|\berror\b|deprecated|ignored build scripts|allow-scripts|vulnerabilit/i;

export interface User {
  /** The folder for caches and settings. */
  readonly home: string;
  /** The address of the registry; absent: that of this machine. */
  readonly registry?: string | undefined;
  /** Folders with the commands that the user has, before those of this machine. */
  readonly bin: readonly string[];
}

/** The environment of a user. */
export function environmentOf({ home, registry, bin }: User): Record<string, string> {
  return {
    PATH: [...bin, process.env['PATH'] ?? ''].join(':'),
    // The settings of this machine say where its registry is.
    ...(registry === undefined
      ? { HOME: process.env['HOME'] ?? home }
      : {
          HOME: home,
          npm_config_registry: registry,
          npm_config_globalconfig: join(home, 'no-npmrc'),
          YARN_NPM_REGISTRY_SERVER: registry,
          YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
        }),
    npm_config_cache: join(home, 'cache'),
  };
}

/**
 * Runs a program to its end.
 *
 * @param known of lines that are neither warning nor failure
 * @throws Error with its output if it fails or warns
 */
export function runQuietly(program: string, args: readonly string[], cwd: string, user: User, known?: RegExp): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: environmentOf(user),
    encoding: 'utf8',
  });
  const output = `${stdout}${stderr}`;
  const others = (text: string): string =>
    text
      .split('\n')
      .filter((line) => known?.test(line) !== true)
      .join('\n');
  if (status !== 0 || WARNING.test(others(output)) || (program === 'npm' && others(stderr).trim() !== ''))
    throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? `exit ${status}, ${output.trim()}`}`);
}

/** A project with nothing in it but a manifest, below a folder. */
export function emptyProject(folder: string): string {
  const project = join(folder, 'project');
  mkdirSync(project, { recursive: true });
  writeFileSync(
    join(project, 'package.json'),
    '{ "name": "project", "version": "1.0.0", "private": true, "license": "MIT" }\n',
  );
  return project;
}
