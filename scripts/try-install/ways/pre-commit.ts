/** The mirror for pre-commit, by pre-commit itself. */

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf } from '../package-manager.ts';
import { freshToken } from '../use.ts';
import type { TryContext, Way } from '../way.ts';

const VERSION = '4.7.0';

export const preCommit: Way = {
  name: 'pre-commit',
  line: 'repos: [{ repo: https://gitlab.com/glaive-cli/pre-commit-glaive, rev: vVERSION, hooks: [{ id: glaive-pre-commit }] }]',
  missing({ release }) {
    if (!existsSync(join(release, 'doors', 'pre-commit'))) return 'run `npm run release` first';
    // Debian has venv without what it installs first.
    return spawnSync('python3', ['-c', 'import ensurepip']).status === 0 ? undefined : 'apt-get install python3-venv';
  },
  async prepare(context) {
    const folder = folderOf(context);
    if (!existsSync(join(folder, 'bin', 'pre-commit'))) {
      execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
      execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', `pre-commit==${VERSION}`], { stdio: 'pipe' });
    }
    await context.registry();
  },
  async install(context, folder) {
    const tag = `v${context.product.version}`;
    const mirror = join(folder, 'mirror');
    cpSync(join(context.release, 'doors', 'pre-commit'), mirror, { recursive: true });
    commit(mirror);
    execFileSync('git', ['-C', mirror, 'tag', tag]);
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(
      join(project, '.pre-commit-config.yaml'),
      `repos: [{ repo: 'file://${mirror}', rev: ${tag}, hooks: [{ id: glaive-pre-commit }, { id: glaive-commit-msg }] }]\n`,
    );
    commit(project);
    const home = join(folder, 'pre-commit');
    const bin = [join(folderOf(context), 'bin')];
    const env = {
      ...environmentOf({ home: folder, registry: await context.registry(), bin }),
      PRE_COMMIT_HOME: home,
    };
    execFileSync('pre-commit', ['install', '-t', 'pre-commit', '-t', 'commit-msg', '--install-hooks'], {
      cwd: project,
      env,
      stdio: 'pipe',
    });
    writeFileSync(join(project, 'leak.env'), `GITLAB_TOKEN=${freshToken()}\n`);
    execFileSync('git', ['-C', project, 'add', '.']);
    const { status, stderr } = spawnSync('git', ['-C', project, ...PERSON, 'commit', '--message', 'x'], {
      env,
      encoding: 'utf8',
    });
    if (status === 0 || !stderr.includes('leak.env')) throw new Error(`the hook did not stop a commit: ${stderr}`);
    const program = below(home)
      .flatMap(below)
      .map((path) => join(path, 'bin', context.product.command))
      .find((path) => existsSync(path));
    if (program === undefined) throw new Error('pre-commit has not installed the command');
    return { command: [program], takes: [home] };
  },
};

const PERSON = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];

function folderOf({ root }: TryContext): string {
  return join(root, '.cache', `pre-commit-${VERSION}`);
}

function commit(folder: string): void {
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    [...PERSON, 'commit', '--quiet', '--message', 'x'],
  ])
    execFileSync('git', ['-C', folder, ...args], { stdio: 'pipe' });
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}
