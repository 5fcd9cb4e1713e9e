/** When the digest of a repository changes: whenever a sweep could find something else. */

import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRepositoryDigest } from '../../../src/fleet/refs-digest.ts';
import { git, gitEnvironment, tempFolder, tempRepository } from '../../support/temp-folder.ts';

const digestOf = createRepositoryDigest();

/** A folder of loose objects. */
const LOOSE = 'ff';

function bareRepository(): string {
  const folder = join(tempFolder(), 'x.git');
  git(tempRepository({ a: '1', b: '2' }), 'clone', '--quiet', '--bare', '.', folder);
  mkdirSync(join(folder, 'objects', LOOSE), { recursive: true });
  writeFileSync(join(folder, 'objects', LOOSE, 'f'.repeat(38)), '');
  return folder;
}

const hashObject = (folder: string, text: string): string =>
  execFileSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: folder,
    env: gitEnvironment(),
    input: text,
    encoding: 'utf8',
  }).trim();

const CHANGES: Readonly<Record<string, (folder: string) => void>> = {
  'a loose object': (folder) => void hashObject(folder, 'new'),
  'another object in the same folder': (folder) => writeFileSync(join(folder, 'objects', LOOSE, '0'.repeat(38)), ''),
  'a new ref': (folder) => void git(folder, 'branch', 'topic'),
  'a packed ref'(folder) {
    git(folder, 'tag', 'v1');
    git(folder, 'pack-refs', '--all');
  },
  'a pack': (folder) => void git(folder, 'repack', '-adq'),
  'another HEAD': (folder) => void git(folder, 'symbolic-ref', 'HEAD', 'refs/heads/other'),
  'the configuration': (folder) => void git(folder, 'config', 'remote.x.url', 'https://example.com/x'),
  'a hook'(folder) {
    mkdirSync(join(folder, 'hooks'));
    writeFileSync(join(folder, 'hooks', 'post-receive'), '#!/bin/sh\n');
  },
  'where it borrows from'(folder) {
    mkdirSync(join(folder, 'objects', 'info'), { recursive: true });
    writeFileSync(join(folder, 'objects', 'info', 'alternates'), '../x\n');
  },
  'a shallow end': (folder) => writeFileSync(join(folder, 'shallow'), `${'0'.repeat(40)}\n`),
  'a table of refs'(folder) {
    mkdirSync(join(folder, 'reftable'));
    writeFileSync(join(folder, 'reftable', 'tables.list'), '0x1-0x2-ab.ref\n');
  },
};

describe('the digest of a repository', () => {
  it.each(Object.keys(CHANGES))('changes with %s', (name) => {
    const folder = bareRepository();
    const before = digestOf(folder);
    expect(digestOf(folder)).toEqual(before);
    CHANGES[name]!(folder);
    expect(digestOf(folder).refs).not.toBe(before.refs);
  });

  it('does not change with times, copies, locks, unfinished objects, and folders that are empty again', () => {
    const folder = bareRepository();
    const { refs, size } = digestOf(folder);
    expect(size).toBeGreaterThan(0);
    const copy = join(tempFolder(), 'copy.git');
    cpSync(folder, copy, { recursive: true });
    for (const file of ['HEAD', 'packed-refs', 'config']) utimesSync(join(copy, file), 1, 1);
    writeFileSync(join(copy, 'packed-refs.lock'), '');
    mkdirSync(join(copy, 'objects', 'tmp_objdir-incoming-x'));
    writeFileSync(join(copy, 'objects', 'pack', 'tmp_pack_x'), 'x');
    mkdirSync(join(copy, 'objects', 'ee'));
    expect(digestOf(copy)).toEqual({ refs, size });
  });

  it('changes with a large file that is replaced by one of the same size', () => {
    const folder = bareRepository();
    const large = join(folder, 'large');
    writeFileSync(large, 'x'.repeat(100_000));
    utimesSync(large, 1, 1);
    const before = digestOf(folder).refs;
    writeFileSync(large, 'y'.repeat(100_000));
    expect(digestOf(folder).refs).not.toBe(before);
  });

  it('does not mix up what is where', () => {
    const [a, b] = [bareRepository(), bareRepository()];
    for (const folder of [a, b]) writeFileSync(join(folder, 'config'), '');
    writeFileSync(join(a, 'x'), 'y\0\nfile\0z\0\n');
    writeFileSync(join(b, 'x'), 'y');
    writeFileSync(join(b, 'z'), '');
    expect(digestOf(a).refs).not.toBe(digestOf(b).refs);
  });

  it('is not there for what cannot be read', () => {
    const folder = bareRepository();
    rmSync(join(folder, 'objects'), { recursive: true });
    mkdirSync(join(folder, 'objects'));
    expect(digestOf(folder).size).toBe(0);
    rmSync(folder, { recursive: true });
    expect(() => digestOf(folder)).toThrow(/ENOENT/);
    appendFileSync(folder, '');
    expect(() => digestOf(folder)).toThrow(/ENOTDIR/);
  });
});
