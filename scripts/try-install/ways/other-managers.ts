/** Package managers that install from the registry of npm as well, in a project. */

import { join } from 'node:path';
import { emptyProject, environmentOf, runQuietly, type User } from '../package-manager.ts';
import type { Way } from '../way.ts';

/** @param args of its command line, before the name of the package */
function manager(name: string, program: string, tool: string, args: readonly string[]): Way {
  return {
    name,
    line: `${program} ${args.join(' ')} glaive`,
    async prepare(context) {
      context.tools(tool);
      await context.registry();
    },
    async install(context, folder) {
      const project = emptyProject(folder);
      const user: User = { home: folder, registry: await context.registry(), bin: [context.tools(tool)] };
      runQuietly(program, [...args, context.product.packageName], project, user);
      return {
        command: [join(project, 'node_modules', '.bin', context.product.command)],
        takes: [join(project, 'node_modules')],
        env: environmentOf(user),
      };
    },
  };
}

export const otherManagers: readonly Way[] = [
  manager('pnpm', 'pnpm', 'pnpm@10.34.8', ['add', '--save-dev']),
  manager('yarn', 'yarn', 'yarn@1.22.22', ['add', '--dev']),
  manager('bun', 'bun', 'bun@1.4.5', ['add', '--dev']),
];
