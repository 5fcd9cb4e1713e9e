/** The path of glaive in a hook, whatever characters it has. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hooksFolder, installHooks, uninstallHooks } from '../../../src/hooks/install.ts';
import { inspectHook } from '../../../src/hooks/inspect.ts';
import { runProgram } from '../../support/run-program.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it.each(['J\u00fcrgen', '\u0141ukasz', '\u5c71 \ud83d\ude00', "o'hara", 'two\nlines', "'\n'=$x"])(
  '%s',
  async (name) => {
    const root = tempFolder();
    const home = join(root, name);
    const hooks = join(root, 'shop', '.git', 'hooks');
    for (const folder of [home, hooks]) mkdirSync(folder, { recursive: true });
    const main = join(home, 'main.cjs');
    writeFileSync(main, 'console.log(process.argv.slice(2).join(" "));\n');
    const before = '#!/bin/sh\n# caf\u00e9\n';
    writeFileSync(join(hooks, 'pre-commit'), before, { mode: 0o755 });
    const folder = hooksFolder(hooks, join(root, 'shop'), join(root, 'shop', '.git'));
    await installHooks(folder, ['pre-commit'], { kind: 'installed', node: process.execPath, main });
    expect(readFileSync(join(hooks, 'pre-commit'), 'utf8')).toMatch(/^#!\/bin\/sh\n# >>> glaive[^]*\n# caf\u00e9\n$/);
    const ran = await runProgram('sh', [join(hooks, 'pre-commit')], { cwd: root });
    expect(ran).toMatchObject({ code: 0, stdout: 'hook run pre-commit\n', stderr: '' });
    expect(inspectHook({ path: join(hooks, 'pre-commit'), hook: 'pre-commit' }, existsSync)).toBe('ok');
    await uninstallHooks(folder);
    expect(readFileSync(join(hooks, 'pre-commit'), 'utf8')).toBe(before);
  },
);
