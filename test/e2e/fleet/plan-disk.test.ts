/** `glaive fleet plan --disk`: which repositories of a storage are in the plan, and what it reports of the others. */

import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { itemKey } from '../../../src/fleet/key.ts';
import { readPlan } from '../../../src/fleet/plan.ts';
import { encodePath } from '../../../src/lib/path-bytes.ts';
import { makeFleet } from '../../support/fleet.ts';
import { planned } from '../../support/planned.ts';
import { tokenMint } from '../../support/scan-report.ts';
import { git, tempFolder } from '../../support/temp-folder.ts';
import { glaiveUnprivileged, handOver, whyNotUnprivileged } from '../../support/unprivileged.ts';

/** An empty bare repository. */
function bare(...parts: readonly string[]): string {
  const folder = join(...parts);
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet', '--bare');
  return folder;
}

describe('a storage of Gitaly', () => {
  it('has its projects with ids and paths, its pools first, and members with the pool as their network', async () => {
    const root = tempFolder();
    const fleet = makeFleet(root, { seed: 1, alone: 6, pools: 2, members: 3, leaks: 4, packed: 4, empty: 1 });
    const { code, items, plan, stdout, stderr } = await planned(['--disk', root]);
    expect([code, stderr]).toEqual([0, '']);
    expect(plan!.head).toMatchObject({ source: { kind: 'disk', root }, items: fleet.repositories.length });
    for (const { place, dir, project, path, pool, isPool } of fleet.repositories) {
      const item = items.find((each) => each.dir === dir)!;
      const key = itemKey({ kind: 'disk', place });
      const network = isPool ? key : pool === undefined ? undefined : itemKey({ kind: 'disk', place: pool });
      expect(item).toMatchObject({ key, ...(isPool ? { isPool } : { project, path }) });
      expect(item.network).toBe(network);
      expect(item.refs).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(items.slice(0, 2).every(({ isPool }) => isPool)).toBe(true);
    const sizes = items.slice(2).map(({ size }) => size!);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(stdout).toMatch(/^plan \d{8}-\d{6}-01-[0-9a-f]{4}\n +15 repositories\n +2 object pools\n +6 forks/);
    expect(stdout).toContain(`next: glaive fleet work --store '`);
  });

  it('links projects to their pages if --gitlab-url says whose storage it is', async () => {
    const root = tempFolder();
    for (const name of ['aa.git', 'aa.wiki.git'])
      git(bare(root, '@hashed', 'aa', '00', name), 'config', 'gitlab.fullpath', 'team/app');
    bare(root, '@hashed', 'bb', '00', 'bb.git');
    const { items } = await planned(['--disk', root, '--gitlab-url', 'https://gitlab.example.com/']);
    expect(items.map(({ web }) => web ?? '').toSorted()).toEqual([
      '',
      'https://gitlab.example.com/team/app',
      'https://gitlab.example.com/team/app/-/wikis',
    ]);
  });

  it('leaves out what is being deleted, what is temporary, and what --skip names, and counts it', async () => {
    const root = tempFolder();
    const [a, b, c, d] = ['aa', 'bb', 'cc', 'dd'].map((name) => bare(root, '@hashed', name, '00', `${name}.git`));
    git(a!, 'config', 'gitlab.fullpath', 'team/archive-1');
    git(b!, 'config', 'gitlab.fullpath', 'team/app');
    renameSync(c!, c!.replace('.git', '+7+deleted.git'));
    renameSync(d!, d!.replace('.git', '+deleted.git'));
    bare(root, '+gitaly', 'tmp', 'x.git');
    bare(root, '@snippets', 'ee', '00', 'ee.git');
    const { code, names, stdout } = await planned(['--disk', root, '--skip', 'team/archive-*', '--skip', '@snippets/']);
    expect([code, names]).toEqual([0, ['team/app']]);
    expect(stdout).toContain('2 not in the plan: left out by --skip\n');
    expect(stdout).toContain('2 not in the plan: being deleted\n');
    expect(stdout).toContain('1 not in the plan: temporary folders of the server\n');
  });

  it('refuses repositories that borrow from outside, and plans the others', async () => {
    const root = tempFolder();
    const outside = bare(tempFolder(), 'secret.git');
    const [inside, evil, up] = ['inside', 'evil', 'up'].map((name) => bare(root, `${name}.git`));
    writeFileSync(join(evil!, 'objects/info/alternates'), `${outside}/objects\n`);
    writeFileSync(join(up!, 'objects/info/alternates'), `# comment\n"../../\\151nside.git/objects"\n`);
    const link = bare(root, 'link.git');
    symlinkSync(join(evil!, 'objects/info/alternates'), join(link, 'objects/info/alternates'));
    const { code, items, plan, stderr } = await planned(['--disk', root]);
    expect(code).toBe(2);
    expect(plan!.head.gaps!.map(({ uri }) => uri)).toEqual(['evil.git', 'link.git']);
    expect(stderr).toContain('evil.git: it borrows objects from outside of the folder');
    expect(new Set(items.map(({ dir }) => dir))).toEqual(new Set([inside, up]));
    // Who lends is a pool.
    const key = itemKey({ kind: 'disk', place: 'inside.git' });
    expect(items.map(({ network }) => network)).toEqual([key, key]);
    expect(items[0]).toMatchObject({ dir: inside, isPool: true });
  });
});

describe('a plain server', () => {
  it('has bare repositories whatever they are called, those of work trees, and those of their submodules', async () => {
    const root = tempFolder();
    bare(root, 'team', 'app.git');
    bare(root, 'team', 'no-ending');
    git(root, 'init', '--quiet', 'checkout');
    const own = join(root, 'checkout');
    git(own, '-c', 'user.name=A', 'commit', '--quiet', '--allow-empty', '-m', 'x');
    git(own, 'worktree', 'add', '--quiet', '../linked');
    bare(own, '.git', 'modules', 'deep', 'part');
    bare(own, 'nested', 'inner.git');
    const { code, names, items, stdout } = await planned(['--disk', root]);
    expect([code, names.toSorted()]).toEqual([
      0,
      ['checkout', 'checkout/.git/modules/deep/part', 'checkout/nested/inner', 'team/app', 'team/no-ending'],
    ]);
    expect(items.find(({ path }) => path === 'checkout')!.dir).toBe(join(own, '.git'));
    expect(stdout).toContain('1 not in the plan: linked work trees');
  });

  it('names what it cannot plan: damaged repositories, and links that lead out', async () => {
    const root = tempFolder();
    const outside = tempFolder();
    bare(outside, 'far.git');
    bare(root, 'real.git');
    const broken = bare(root, 'broken.git');
    rmSync(join(broken, 'HEAD'));
    mkdirSync(join(root, 'hollow.git'));
    mkdirSync(join(root, 'group.git'));
    bare(root, 'group.git', 'inner.git');
    symlinkSync(join(outside, 'far.git'), join(root, 'far.git'));
    symlinkSync(outside, join(root, 'team'));
    symlinkSync('real.git', join(root, 'alias.git'));
    symlinkSync('/nonexistent', join(root, 'nowhere.git'));
    const { code, names, plan, stderr, stdout } = await planned(['--disk', root]);
    expect([code, names.toSorted()]).toEqual([2, ['group.git/inner', 'real']]);
    expect(plan!.head.gaps!.map(({ uri, message }) => `${uri}: ${message}`).toSorted()).toEqual([
      'broken.git: it is not a whole repository: HEAD missing',
      'far.git: a symbolic link leads out of the folder, and is not followed',
      'hollow.git: it is not a whole repository: the folder is empty',
      'team: a symbolic link leads out of the folder, and is not followed',
    ]);
    expect(stderr).toContain('team: a symbolic link');
    expect(stdout).toContain('This plan is not complete');
    expect(stdout).toContain('1 not in the plan: symbolic links to repositories that are found anyway');
  });

  it('masks secrets in the names of what it cannot plan', async () => {
    const root = tempFolder();
    const token = tokenMint(81)();
    mkdirSync(join(root, `${token}.git`));
    const { code, plan, stdout, stderr } = await planned(['--disk', root]);
    expect([code, plan!.head.gaps!.length]).toEqual([2, 1]);
    expect(stdout + stderr + JSON.stringify(plan)).not.toContain(token);
  });

  it('keeps names of any bytes apart', async () => {
    const root = tempFolder();
    const odd = ['a\xff.git', 'a\xfe.git', 'a\n.git', 'a\\b.git', 'a\x1b[31m.git'];
    for (const name of odd) renameSync(bare(root, 'x.git'), Buffer.from(`${root}/${name}`, 'latin1'));
    const { code, items, names, stdout } = await planned(['--disk', root]);
    expect([code, new Set(items.map(({ key }) => key)).size]).toEqual([0, odd.length]);
    expect(names.toSorted()).toEqual(['a\n', 'a\x1b[31m', 'a%FE', 'a%FF', 'a\\b']);
    // What is in the plan leads to the folder.
    for (const { dir } of items) expect(existsSync(encodePath(join(dir!, 'HEAD')))).toBe(true);
    writeFileSync(Buffer.from(`${root}/a\xff.git/objects/info/alternates`, 'latin1'), '/etc\n');
    rmSync(join(root, 'a\x1b[31m.git', 'HEAD'));
    const bad = await planned(['--disk', root]);
    expect([bad.code, bad.items.length]).toEqual([2, odd.length - 2]);
    expect(bad.stderr).not.toContain('\x1b[31m');
    expect(stdout).not.toContain('\x1b[31m');
  });

  it.skipIf(whyNotUnprivileged() !== undefined)('names a folder that cannot be read', async () => {
    const root = tempFolder();
    bare(root, 'open.git');
    bare(root, 'closed', 'x.git');
    handOver(root);
    chmodSync(join(root, 'closed'), 0);
    const store = tempFolder();
    handOver(store);
    const ran = await glaiveUnprivileged(['fleet', 'plan', '--store', store, '--disk', root], { cwd: '/' });
    chmodSync(join(root, 'closed'), 0o755);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('closed: cannot list the folder: permission denied');
    expect(readPlan(store, undefined)).toMatchObject({ head: { items: 1, gaps: [{ uri: 'closed' }] } });
  });

  it('is a folder that exists, and no repository itself', async () => {
    const root = tempFolder();
    for (const [disk, message] of [
      [join(root, 'nowhere'), 'no such folder'],
      [bare(root, 'x.git'), 'is a repository itself'],
      ['/dev/null', 'not a folder'],
    ] as const) {
      const { code, stderr, plan } = await planned(['--disk', disk]);
      expect([code, plan]).toEqual([2, undefined]);
      expect(stderr).toContain(message);
    }
  });
});
