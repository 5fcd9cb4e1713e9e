/** What the files of a repository say of it. */

import { describe, expect, it } from 'vitest';
import { itemKey } from '../../../src/fleet/key.ts';
import { fullPathOf, isProjectPath } from '../../../src/fleet/listing/project-path.ts';

describe('the path of a project', () => {
  it.each([
    ['[gitlab]\n\tfullpath = group/project\n', 'group/project'],
    ['[GitLab]\r\n  FullPath=group/sub/project\r\n', 'group/sub/project'],
    ['[core]\nbare = true\n[gitlab] fullpath = a/b ; comment\n', 'a/b'],
    ['[gitlab]\nfullpath = "a/b" # comment\n', 'a/b'],
    ['[gitlab]\nfullpath = a/b\nfullpath = a/c\n', 'a/c'],
    ['[gitlab "x"]\nfullpath = a/b\n', undefined],
    ['[other]\nfullpath = a/b\n', undefined],
    ['[gitlab]\n[core]\nfullpath = a/b\n', undefined],
    ['# fullpath\n', undefined],
  ])('in %j is %j', (text, path) => {
    expect(fullPathOf(text)).toBe(path);
  });

  it('has names of groups and projects only', () => {
    for (const path of ['a/b', 'a-1/b.c/d_e', '.x/y']) expect(isProjectPath(path)).toBe(true);
    for (const path of ['', 'a', '/a/b', 'a//b', 'a/b/', 'a/b\n', 'a/\u001b[31m', '-a/b', 'a/'.repeat(600)])
      expect(isProjectPath(path)).toBe(false);
  });
});

it('keys differ by kind, server, project and place', () => {
  const keys = [
    itemKey({ kind: 'gitlab', server: 'https://a', project: 1 }),
    itemKey({ kind: 'gitlab', server: 'https://a', project: 11 }),
    itemKey({ kind: 'gitlab', server: 'https://b', project: 1 }),
    itemKey({ kind: 'disk', place: 'https://a\u00001' }),
    itemKey({ kind: 'list', name: 'https://a' }),
    itemKey({ kind: 'list', name: 'https://a\udcff' }),
    itemKey({ kind: 'list', name: 'https://a\udcfe' }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  // Frozen: states and reports of years are found by them.
  expect(keys[0]).toBe('a7ed00c47aa16d06fa2dc8ee');
});
