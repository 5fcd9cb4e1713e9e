/** The hooks: of a work tree, by whatever manager, or of a server. */

import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DEFAULT_HOOKS, HOOK_NAMES, type HookName, lineToAdd, SERVER_HOOK } from '../../../hooks/block.ts';
import { type HookState, inspectHook } from '../../../hooks/inspect.ts';
import { hooksFolder } from '../../../hooks/install.ts';
import { lefthook, preCommit } from '../../../hooks/managers.ts';
import { fsErrorMessage } from '../../../lib/fs-error-message.ts';
import { readOptionalFile } from '../../../lib/optional-file.ts';
import { programOnPath, withPath } from '../../../lib/program-path.ts';
import { shownPath } from '../../../lib/shown-path.ts';
import type { Io } from '../../../model/io.ts';
import { type Check, isJob, note, ok, problem, type Result, type Situation } from './check.ts';

const INSTALL = 'glaive hook install';

export const hooksCheck: Check = {
  name: 'hooks',
  run: (situation) => {
    const { repository } = situation;
    // A job commits nothing.
    if (repository.kind !== 'work tree' || isJob(situation)) return [];
    const { root, gitFolder, hooksPath } = repository;
    const shown = (path: string): string => shownPath(situation.io.cwd, path);
    const folder = hooksFolder(hooksPath, root, gitFolder);
    for (const manager of folder.kind === 'husky' ? [] : [lefthook, preCommit]) {
      const file = manager.files.find((name) => existsSync(join(root, name)));
      if (file === undefined) continue;
      const text = readOptionalFile(join(root, file), { within: root }) ?? '';
      const has = (hook: HookName): boolean =>
        text.includes(`glaive hook run ${hook}`) || text.includes(`id: glaive-${hook}`);
      // Those of the repository of glaive (`id:`) are installed by pre-commit itself.
      const onPath = text.includes('glaive hook run')
        ? pathResult(`the hooks of ${manager.name}`, situation.io.env)
        : [];
      return summary(HOOK_NAMES.filter(has), `${manager.name} (${file})`, onPath);
    }
    const states = HOOK_NAMES.map((hook) => {
      const path = join(folder.path, hook);
      return { hook, path, state: stateOf(path, hook, folder.kind === 'husky') };
    });
    const isCalledByPath = folder.kind !== 'own' && states.some(({ state }) => state !== 'absent');
    const broken = [
      ...states.flatMap(({ hook, path, state }) => brokenResult(`${hook} (${shown(path)})`, state, INSTALL)),
      ...(isCalledByPath
        ? pathResult(`the hooks in ${shown(folder.path)}`, withOwnPackages(root, folder.kind, situation))
        : []),
    ];
    const installed = states.filter(({ state }) => state !== 'absent').map(({ hook }) => hook);
    const by = folder.kind === 'husky' ? 'husky' : 'git';
    if (folder.kind === 'shared' && installed.length < HOOK_NAMES.length)
      return [
        ...broken,
        note(
          `core.hooksPath leads to ${folder.path}, which other repositories share: ${missingOf(installed).join(', ')} there does not call glaive`,
          `Add this line to each yourself, with its own name: ${lineToAdd('pre-commit')}`,
        ),
      ];
    return summary(installed, `${by} (${shown(folder.path)})`, broken);
  },
};

const missingOf = (installed: readonly HookName[]): HookName[] =>
  HOOK_NAMES.filter((hook) => !installed.includes(hook));

function summary(installed: readonly HookName[], where: string, broken: readonly Result[]): Result[] {
  const missing = missingOf(installed);
  const isUsual = DEFAULT_HOOKS.every((hook) => installed.includes(hook));
  const all = `Install all: ${INSTALL} --hooks ${HOOK_NAMES.join(',')}`;
  if (installed.length === 0)
    return [problem('no hook checks commits here', `${all}. Or only those of commits: ${INSTALL}`)];
  return [
    ...(broken.length > 0 ? broken : [ok(`${installed.join(', ')}, by ${where}`)]),
    ...(missing.length === 0 ? [] : [(isUsual ? note : problem)(`not installed: ${missing.join(', ')}`, all)]),
  ];
}

/** Hooks that are committed call glaive by its name, and stop everything without it. */
function pathResult(what: string, env: Io['env']): Result[] {
  if (programOnPath(['glaive', 'glaive.cmd'], env) !== undefined) return [];
  return [
    problem(
      `${what} call glaive from the PATH, and it is not there`,
      'Install it for this user (npm install --global), or put its folder on the PATH.',
    ),
  ];
}

/** husky puts the packages of the project first. */
function withOwnPackages(root: string, kind: string, { io: { env } }: Situation): Io['env'] {
  if (kind !== 'husky') return env;
  return withPath(env, (path) => [join(root, 'node_modules', '.bin'), path].join(delimiter));
}

function brokenResult(what: string, state: HookState, way: string): Result[] {
  if (state === 'moved')
    return [problem(`${what} calls a glaive that is gone, so it stops everything`, `Install it again: ${way}`)];
  if (state === 'not executable')
    return [problem(`git does not run ${what}: it is not executable`, 'chmod +x, with its path')];
  if (state === 'other node' || state === 'other glaive')
    return [
      note(
        `the ${state === 'other node' ? 'Node' : 'glaive'} that ${what} was installed with is gone: it takes the one on the PATH`,
        `Renew it: ${way}`,
      ),
    ];
  return [];
}

function stateOf(path: string, hook: string, isRead = false): HookState {
  return inspectHook({ path, hook, isRead }, existsSync);
}

export const serverHookCheck: Check = {
  name: 'pre-receive',
  run: ({ repository }) => {
    if (repository.kind !== 'bare') return [];
    const { root, hooksPath } = repository;
    const way = `glaive hook install --server ${root}`;
    const states = scriptsOf(root, hooksPath).map((path) => ({ path, state: stateOf(path, SERVER_HOOK) }));
    const found = states.filter(({ state }) => state !== 'absent');
    if (found.length === 0) return [note('pushes to this repository are not checked', `If it is on a server: ${way}`)];
    return found.flatMap(({ path, state }) => {
      const broken = brokenResult(path, state, way);
      return broken.length > 0 ? broken : [ok(`installed (${path})`)];
    });
  },
};

/** Where a server looks for hooks: git's folder, and GitLab's `custom_hooks`. */
function scriptsOf(root: string, hooksPath: string): string[] {
  const custom = join(root, 'custom_hooks');
  const folders = [join(custom, `${SERVER_HOOK}.d`), join(hooksPath, `${SERVER_HOOK}.d`)];
  return [
    join(hooksPath, SERVER_HOOK),
    join(custom, SERVER_HOOK),
    ...folders.flatMap((folder) => entriesOf(folder).map((name) => join(folder, name))),
  ];
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${folder}: ${fsErrorMessage(error)}`, { cause: error });
  }
}
