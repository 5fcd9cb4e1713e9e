/** npm: for a user, without an installation, in a project, and from git. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { emptyProject, environmentOf, runQuietly, type User } from '../package-manager.ts';
import type { Way } from '../way.ts';

/** For a user, on a version of Node with the npm that came with it. */
function npmGlobal(node: string, npm: string): Way {
  const tools = [`node@${node}`, `npm@${npm}`];
  return {
    name: `npm-global-node${node}`,
    line: 'npm install --global glaive',
    async prepare(context) {
      context.tools(...tools);
      await context.registry();
    },
    async install(context, folder) {
      const user: User = { home: folder, registry: await context.registry(), bin: [context.tools(...tools)] };
      runQuietly('npm', ['install', '--global', '--prefix', folder, context.product.packageName], folder, user);
      return {
        command: [join(folder, 'bin', context.product.command)],
        takes: [join(folder, 'lib')],
        env: environmentOf({ ...user, bin: [join(folder, 'bin'), ...user.bin] }),
      };
    },
  };
}

export const npmGlobals: readonly Way[] = [npmGlobal('20', '10'), npmGlobal('22', '10'), npmGlobal('24', '11')];

export const npx: Way = {
  name: 'npx',
  line: 'npx glaive scan',
  prepare: async ({ registry }) => void (await registry()),
  async install({ registry, product }, folder) {
    const user: User = { home: folder, registry: await registry(), bin: [] };
    const args = ['--yes', product.packageName];
    runQuietly('npx', [...args, '--version'], folder, user);
    return { command: ['npx', ...args], takes: [join(folder, 'cache', '_npx')], env: environmentOf(user) };
  },
};

export const npmProject: Way = {
  name: 'npm-project',
  line: 'npm install --save-dev glaive',
  prepare: async ({ registry }) => void (await registry()),
  async install({ registry, product }, folder) {
    const project = emptyProject(folder);
    const user: User = { home: folder, registry: await registry(), bin: [] };
    runQuietly('npm', ['install', '--save-dev', product.packageName], project, user);
    return {
      command: [join(project, 'node_modules', '.bin', product.command)],
      takes: [join(project, 'node_modules')],
      env: environmentOf(user),
    };
  },
};

/** npm 11 says of what it builds that it has a script; it runs the script. */
const HAS_SCRIPT = /^npm warn install-scripts/;

/** What is committed, which npm builds. */
export const npmGit: Way = {
  name: 'npm-git',
  line: 'npm install --save-dev git+https://gitlab.com/glaive-cli/glaive.git',
  install({ root, product }, folder) {
    const bare = join(folder, 'glaive.git');
    execFileSync('git', ['clone', '--quiet', '--bare', root, bare]);
    const project = emptyProject(folder);
    const user: User = { home: folder, bin: [] };
    runQuietly('npm', ['install', '--save-dev', `git+file://${bare}`], project, user, HAS_SCRIPT);
    return {
      command: [join(project, 'node_modules', '.bin', product.command)],
      takes: [join(project, 'node_modules')],
      env: environmentOf(user),
    };
  },
};
