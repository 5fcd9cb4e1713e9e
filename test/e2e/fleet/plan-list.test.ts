/** `glaive fleet plan --from`: folders and addresses of a list, and the options that a plan freezes. */

import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thawConfig } from '../../../src/fleet/frozen-config.ts';
import { planIds } from '../../../src/fleet/store.ts';
import { planned } from '../../support/planned.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../../support/temp-folder.ts';

/** The example in the documentation of rules. */
const RULE_FILE = /```toml\n(family = [\s\S]*?)```/.exec(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'rules', 'README.md'), 'utf8'),
)![1]!;

describe('the lines of a list', () => {
  it('are folders and addresses, each once, with comments and any line ends', async () => {
    const work = tempRepository({ a: '1' });
    const base = tempRepository({ b: '2' });
    const cwd = tempFolder();
    git(cwd, 'clone', '--quiet', '--bare', '--shared', base, 'fork.git');
    symlinkSync(work, join(cwd, 'alias'));
    const list = [
      '# repositories',
      work,
      '',
      'alias',
      `${work}/.git`,
      './fork.git',
      base,
      '  https://GitLab.example.com/group/app.git/  ',
      'https://gitlab.example.com/group/app.git',
      'http://127.0.0.1:8080/g/p',
      'ssh://git@host:2222/a/b.git',
      'git@host:c/d.git',
      `file://${work}`,
    ].join('\r\n');
    const { code, items, stderr, stdout } = await planned(['--from', '-'], { cwd, input: list });
    expect([code, stderr]).toEqual([0, '']);
    expect(new Set(items.map(({ dir, url = '', path = '' }) => `${dir ?? url} ${path}`))).toEqual(
      new Set([
        `${join(work, '.git')} `,
        `${join(base, '.git')} `,
        `${join(cwd, 'fork.git')} `,
        'http://127.0.0.1:8080/g/p g/p',
        'ssh://git@host:2222/a/b.git a/b',
        'git@host:c/d.git c/d',
        'https://gitlab.example.com/group/app.git group/app',
      ]),
    );
    expect(stdout).toContain('4 not in the plan: listed twice');
    // The one that lends objects comes first.
    expect(items[0]).toMatchObject({ dir: join(base, '.git'), isPool: true });
    expect(items.find(({ dir }) => dir?.endsWith('fork.git'))!.network).toBe(items[0]!.key);
  });

  it('with credentials are refused by their number, and not repeated', async () => {
    const cwd = tempFolder();
    for (const bad of [
      'https://user:hunter2@gitlab.example.com/x',
      'https://gitlab.example.com/x?private_token=hunter2',
    ]) {
      writeFileSync(join(cwd, 'list'), `# first\n${bad}\n`);
      const { code, plan, stdout, stderr } = await planned(['--from', 'list'], { cwd });
      expect([code, plan]).toEqual([2, undefined]);
      expect(stderr).toContain('list:2: the address contains credentials, or a query');
      expect(stdout + stderr).not.toContain('hunter2');
    }
  });

  it('that are no repository are gaps', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { file: '', 'folder/x': '', 'broken/.git': 'gitdir: /nonexistent\n' });
    const list = 'nowhere\nfile\nfolder\nbroken\nftp://host/x\next::sh -c x://\nhttp://gitlab.example.com/x\n';
    const { code, plan } = await planned(['--from', '-'], { cwd, input: list });
    expect(code).toBe(2);
    expect(plan!.items).toEqual([]);
    expect(plan!.head.gaps!.map(({ uri, message }) => `${uri}: ${message}`)).toEqual([
      '<stdin>:1: no such folder',
      '<stdin>:2: it is not a folder',
      '<stdin>:3: it is not a repository',
      '<stdin>:4: it is not a repository',
      '<stdin>:5: cannot fetch from that address: only https://, ssh:// and file:// are fetched from',
      '<stdin>:6: no such folder',
      '<stdin>:7: cannot fetch from that address: only https:// is allowed, and http:// on this machine',
    ]);
  });

  it('may be skipped by a pattern; what a disk does not tell is refused', async () => {
    const list = 'https://a.example.com/team/app\nhttps://a.example.com/team/old-1\n';
    expect((await planned(['--from', '-', '--skip', 'old-*'], { input: list })).names).toEqual(['team/app']);
    for (const flag of ['--archived', '--forks']) {
      const { code, stderr } = await planned(['--from', '-', flag, 'no'], { input: list });
      expect([code, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining(`${flag} no needs --gitlab-url`)]);
    }
  });
});

describe('the options of a plan', () => {
  const input = 'https://a.example.com/team/app\n';

  it('decide what is found; comments in the configuration do not', async () => {
    const cwd = tempFolder();
    const detectionOf = async (...flags: string[]): Promise<string> =>
      (await planned(['--from', '-', ...flags], { input, cwd })).plan!.head.detection;
    writeFileSync(join(cwd, 'c.toml'), '# one\n[gitlab]\nprefixes = ["acme-"]\n');
    const configured = await detectionOf('--config', 'c.toml');
    writeFileSync(join(cwd, 'c.toml'), '# two\n[gitlab]\n\nprefixes = [ "acme-" ]\n');
    expect(await detectionOf('--config', 'c.toml')).toBe(configured);
    const all = [configured];
    for (const flags of [[], ['--archives'], ['--max-blob', '1m'], ['--min-confidence', 'certain']])
      all.push(await detectionOf(...flags));
    expect(new Set(all).size).toBe(all.length);
  });

  it('take the configuration and its rule files along, to any machine', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, {
      'c.toml': '[rules]\nfiles = ["a/b.toml"]\nnames = ["ACME_FORGE_TOKEN"]\n',
      'a/b.toml': RULE_FILE,
    });
    const { plan } = await planned(['--from', '-', '--config', 'c.toml'], { input, cwd });
    rmSync(join(cwd, 'a'), { recursive: true });
    const thawed = await thawConfig(plan!.head.options, join(tempFolder(), 'worker'));
    // What is thawed finds the same.
    const again = await planned(['--from', '-', '--config', thawed], { input });
    expect(again.plan!.head).toMatchObject({ detection: plan!.head.detection, options: plan!.head.options });
    const changed = await planned(['--from', '-', '--config', 'c.toml'], { input, cwd });
    expect([changed.code, changed.plan]).toEqual([2, undefined]);
  });

  it('the configuration of the user, or of a repository, does not count', async () => {
    const cwd = tempRepository({ '.glaive.toml': '[gitlab]\nprefixes = ["repo-"]\n' });
    const home = tempFolder();
    writeFiles(home, { 'glaive/config.toml': '[gitlab]\nprefixes = ["user-"]\n' });
    const plain = await planned(['--from', '-'], { input });
    const inside = await planned(['--from', '-'], { input, cwd, env: { XDG_CONFIG_HOME: home } });
    expect(inside.plan!.head.detection).toBe(plain.plan!.head.detection);
  });

  it('a newer plan is behind the older ones in order, also in the same second', async () => {
    const store = join(tempFolder(), 'store');
    const ids: string[] = [];
    for (let count = 0; count < 12; count++) ids.push((await planned(['--from', '-'], { store, input })).plan!.head.id);
    expect(planIds(store)).toEqual(ids);
  });
});
