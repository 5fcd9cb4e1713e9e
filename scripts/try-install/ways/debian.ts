import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { missingPrograms } from '../programs.ts';
import type { Way } from '../way.ts';

/** In a fresh Debian of its own: nothing of this machine is changed. Removing the package leaves nothing behind. */
export const debian: Way = {
  name: 'debian',
  line: 'dpkg -i glaive_VERSION_amd64.deb',
  missing: () => missingPrograms('mmdebstrap', 'bwrap=bubblewrap'),
  install({ release, product }, folder) {
    const file = `${product.command}_${product.version}_amd64.deb`;
    if (!existsSync(join(release, file))) throw new Error('there is no package: run `npm run release -- debian` first');
    const root = join(folder, 'root');
    // What the package depends on and recommends, from Debian.
    execFileSync(
      'mmdebstrap',
      ['--quiet', '--variant=essential', '--include=git,libatomic1,libstdc++6', 'bookworm', root],
      {
        stdio: 'pipe',
      },
    );
    copyFileSync(join(release, file), join(root, 'tmp', file));
    const work = `${folder}-work`;
    mkdirSync(work, { recursive: true });
    const chroot = (...command: readonly string[]): string => {
      const [program = '', ...args] = inside(root, work, '/', {}, command);
      return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    };
    const before = filesOf(root);
    chroot('dpkg', '-i', `/tmp/${file}`);
    const installed = chroot('dpkg', '-L', product.command).split('\n');
    return {
      command: [product.command],
      takes: installed.map((path) => join(root, path)).filter((path) => existsSync(path) && !isFolder(path)),
      inside: (command, where) => inside(root, work, where.folder, where.env, command),
      remove() {
        chroot('dpkg', '-r', product.command);
        const left = filesOf(root).filter((path) => !before.includes(path));
        if (left.length > 0) throw new Error(`dpkg -r leaves ${left.join(', ')}`);
      },
    };
  },
};

function inside(
  root: string,
  work: string,
  folder: string,
  env: Readonly<Record<string, string>>,
  command: readonly string[],
): string[] {
  const set = Object.entries(env).flatMap(([key, value]) => ['--setenv', key, value]);
  const path = ['--setenv', 'PATH', '/usr/sbin:/usr/bin:/sbin:/bin'];
  return [
    'bwrap',
    '--bind',
    root,
    '/',
    '--bind',
    work,
    work,
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...path,
    ...set,
    '--chdir',
    folder,
    ...command,
  ];
}

const isFolder = (path: string): boolean => {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
};

/** Everything but what dpkg writes about itself, and the folder for temporary files. */
function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !/^(?:var\/(?:lib\/dpkg|cache|log)|tmp|proc|dev)(?:\/|$)/.test(path),
  );
}
