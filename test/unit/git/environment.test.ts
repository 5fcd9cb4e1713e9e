/** What git gets to know of the environment, compared with what git itself makes of it. */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanEnvironment, gitProgram } from '../../../src/git/environment.ts';
import { originOf } from '../../../src/git/remote.ts';
import { gitVersion, headCommit, wayUp } from '../../../src/git/work-tree.ts';
import { git, gitEnvironment, tempFolder, tempRepository } from '../../support/temp-folder.ts';

/** The settings in variables, as git reads them. */
function settings(env: Readonly<Record<string, string>>): string[] {
  const args = ['config', '--show-scope', '--null', '--list'];
  const { stdout, status } = spawnSync('git', args, {
    cwd: '/',
    env: { ...gitEnvironment(), ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error('git cannot read them');
  const words = stdout.split('\0');
  return words.flatMap((scope, index) => (index % 2 === 0 && scope === 'command' ? [words[index + 1]!] : []));
}

const value = fc
  .oneof(fc.string({ maxLength: 8 }), fc.constantFrom('*', "it's", '!', "'", '', '/a b', "a'='b"))
  .map((text) => text.replaceAll('\0', ''));
const key = fc.constantFrom(
  'safe.directory',
  'Safe.Directory',
  'safe.bareRepository',
  'core.fsmonitor',
  'diff.external',
  'alias.safe.directory',
  'x.safe.y',
  'core.hooksPath',
  'url.safe.directory.insteadOf',
);
const quoted = (text: string): string => `'${text.replaceAll(/['!]/g, String.raw`'\$&'`)}'`;

describe('the environment of git', () => {
  it('keeps of settings in variables whom the user trusts, and nothing else', () => {
    const entries = fc.array(fc.tuple(key, value), { maxLength: 4 });
    const property = fc.property(entries, entries, fc.boolean(), (counted, given, isOld) => {
      const env: Record<string, string> = {
        GIT_CONFIG_COUNT: `${counted.length}`,
        ...Object.fromEntries(
          counted.flatMap(([name, text], index) => [
            [`GIT_CONFIG_KEY_${index}`, name],
            [`GIT_CONFIG_VALUE_${index}`, text],
          ]),
        ),
        GIT_CONFIG_PARAMETERS: given
          .map(([name, text]) => (isOld ? quoted(`${name}=${text}`) : `${quoted(name)}=${quoted(text)}`))
          .join(' '),
      };
      const isSafe = (line: string): boolean => line.startsWith('safe.');
      expect(settings(cleanEnvironment(env))).toEqual(settings(env).filter(isSafe));
    });
    fc.assert(property, { numRuns: 60, interruptAfterTimeLimit: 8000 });
  });

  it('is the same when it is cleaned twice', () => {
    const name = fc.constantFrom(
      'PATH',
      'GIT_TRACE',
      'GIT_DIR',
      'GIT_TRACE2_EVENT',
      'GIT_CONFIG_PARAMETERS',
      'GIT_CONFIG_COUNT',
      'GIT_GRAFT_FILE',
      'HOME',
    );
    const text = fc.constantFrom('/usr/bin::.', "'safe.directory'='*'", '1', '.');
    fc.assert(
      fc.property(fc.dictionary(name, text), (env) => {
        const once = cleanEnvironment(env);
        expect(cleanEnvironment(once)).toEqual(once);
      }),
    );
  });

  it('drops settings that git cannot read', () => {
    for (const text of ["'safe.directory'='*", "'safe.directory'='a''b'", 'safe.directory=*', "'safe.directory' = '*'"])
      expect(cleanEnvironment({ GIT_CONFIG_PARAMETERS: text })['GIT_CONFIG_PARAMETERS']).not.toBe(text);
    expect(
      cleanEnvironment({ GIT_CONFIG_COUNT: 'x', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' }),
    ).not.toHaveProperty('GIT_CONFIG_COUNT');
  });

  it('keeps where hooks are for a question about them, and everything for a fetch', () => {
    const env = { GIT_CONFIG_PARAMETERS: "'core.hooksPath'='/h' 'http.proxy'='p'" };
    expect(settings(cleanEnvironment(env, { hooksPath: 'honoured' }))).toEqual(['core.hookspath\n/h']);
    expect(settings(cleanEnvironment(env, { fetches: true }))).toEqual(settings(env));
  });
});

it('questions through simple-git are asked in the same environment, whatever else is set', async () => {
  const root = tempRepository({ 'a.txt': 'one\n' });
  const names = [
    'EDITOR',
    'VISUAL',
    'PAGER',
    'PREFIX',
    'SSH_ASKPASS',
    'GIT_ASKPASS',
    'GIT_EDITOR',
    'GIT_EXTERNAL_DIFF',
    'GIT_PAGER',
    'GIT_PROXY_COMMAND',
    'GIT_SEQUENCE_EDITOR',
    'GIT_SSH',
    'GIT_SSH_COMMAND',
    'GIT_CONFIG',
    'GIT_TRACE',
  ];
  const env = {
    ...gitEnvironment(),
    ...Object.fromEntries(names.map((name) => [name, 'false'])),
    GIT_EXEC_PATH: spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim(),
    GIT_TEMPLATE_DIR: '/',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    GIT_CONFIG_PARAMETERS: "'safe.directory'='*' 'core.editor'='false'",
    GIT_TEST_ASSUME_DIFFERENT_OWNER: '1',
    // Of another repository, as in a hook of it.
    GIT_DIR: '/nonexistent',
  };
  const options = { cwd: root, env };
  expect(await gitVersion(options)).toMatchObject({ isSupported: true });
  expect(await headCommit(options)).toBe(git(root, 'rev-parse', 'HEAD').trim());
  expect(await wayUp(options)).toBe('');
  expect(await originOf(options)).toBeUndefined();
  git(root, 'config', 'remote.origin.url', 'https://gitlab.example.com/group/project.git');
  expect(await originOf(options)).toBe('https://gitlab.example.com/group/project.git');
  expect(await gitVersion({ cwd: root, env: { PATH: '.' } })).toBeUndefined();
});

describe('the program', () => {
  it('is the first on the PATH whose folder is absolute', () => {
    const [folder, other] = [tempFolder(), tempFolder()];
    for (const each of [folder, other]) {
      writeFileSync(join(each, 'git'), '#!/bin/sh\n');
      chmodSync(join(each, 'git'), 0o755);
    }
    expect(gitProgram({ PATH: `:.:bin:${folder}:${other}` })).toBe(join(folder, 'git'));
    chmodSync(join(folder, 'git'), 0o644);
    expect(gitProgram({ PATH: `${folder}:${other}` })).toBe(join(other, 'git'));
    mkdirSync(join(folder, 'sub', 'git'), { recursive: true });
    expect(gitProgram({ PATH: `${join(folder, 'sub')}:${other}:` })).toBe(join(other, 'git'));
    expect(gitProgram({ PATH: ':.' })).toBeUndefined();
    expect(gitProgram({})).toBeUndefined();
  });
});
