/** The files of the Debian package, as Debian's policy has them. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow } from '../files.ts';
import type { Product } from '../product.ts';
import type { ReleaseContext } from '../step.ts';
import { changelog, control, copyright, overrides } from './texts.ts';

export interface Target {
  readonly architecture: string;
  readonly executable: string;
  /** An empty folder, for the files. */
  readonly root: string;
}

/** A version before a release sorts before it: 1.0.0~rc.1. */
function debianVersion({ version }: Product): string {
  return version.replace('-', '~');
}

/** Writes the files below `root`, and `DEBIAN/` with what dpkg must know. */
export function layOut(context: ReleaseContext, { architecture, executable, root }: Target): void {
  const { product, epoch, folder } = context;
  const { command } = product;
  const version = debianVersion(product);
  const dist = join(context.root, 'dist');
  const put = (path: string, data: Buffer | string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true, mode: 0o755 });
    writeFileSync(join(root, path), data);
    chmodSync(join(root, path), mode);
  };
  const documents = `usr/share/doc/${command}`;
  put(`usr/bin/${command}`, readFileSync(executable), 0o755);
  for (const page of readdirSync(join(dist, 'man')))
    put(`usr/share/man/man1/${page}.gz`, gzip(readFileSync(join(dist, 'man', page))));
  put(`usr/share/bash-completion/completions/${command}`, completions(dist, 'bash'));
  put(`usr/share/zsh/vendor-completions/_${command}`, completions(dist, 'zsh'));
  put(`usr/share/fish/vendor_completions.d/${command}.fish`, completions(dist, 'fish'));
  put(`${documents}/copyright`, copyright(product, readFileSync(join(context.root, 'LICENSE'), 'utf8')));
  put(`${documents}/changelog.gz`, gzip(changelog(product, version, epoch)));
  for (const name of ['THIRD-PARTY-LICENSES.txt', `${command}.cdx.json`])
    put(`${documents}/${name}.gz`, gzip(readFileSync(join(folder, name))));
  put(`usr/share/lintian/overrides/${command}`, overrides(product));
  const installed = filesBelow(root);
  const bytes = installed.map((path) => readFileSync(join(root, path)));
  const sums = installed.map((path, index) => `${createHash('md5').update(bytes[index]!).digest('hex')}  ${path}\n`);
  // In KiB, each file in whole ones.
  const size = bytes.reduce((sum, { length }) => sum + Math.ceil(length / 1024), 0);
  put('DEBIAN/control', control(product, { version, architecture, size }));
  put('DEBIAN/md5sums', sums.join(''));
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  chmodSync(root, 0o755);
}

function completions(dist: string, shell: string): Buffer {
  return execFileSync(process.execPath, [join(dist, 'cli', 'main.cjs'), 'completions', shell]);
}

/** Without a time, and not by Node's zlib, which compresses differently on other processors. */
function gzip(input: Buffer | string): Buffer {
  return execFileSync('gzip', ['-9', '--no-name'], { input, maxBuffer: 64 * 1024 * 1024 });
}
