/**
 * Makes single executable applications of Node: the modules of the command are assets in it, and `src/executable.cjs` starts them. One
 * machine makes them for all platforms, only without a code cache for the others.
 */

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { executableName, type Platform, PLATFORMS } from '../product.ts';
import type { ReleaseContext } from '../step.ts';
import { addCodeCaches } from './code-cache.ts';
import { nodeBinary } from './node-binary.ts';
import { signMacho } from './sign-macho.ts';
import { stripElf } from './strip-elf.ts';

const BLOB = 'glaive.blob';
/** Node looks for the blob if the byte behind this text is set. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The platform of this machine; undefined if there is no executable for it. */
export function ownPlatform(): Platform | undefined {
  return PLATFORMS.find(({ os, cpu }) => os === process.platform && cpu === process.arch);
}

export function buildExecutables({ root, folder, product }: ReleaseContext, platforms: readonly Platform[]): void {
  const own = ownPlatform();
  if (own === undefined) throw new Error('there is no Node for this platform');
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'executables-'));
  try {
    const node = nodeBinary(root, own, join(work, 'node'));
    const assets = writeAssets(root, work);
    addCodeCaches(root, node, work);
    const withCode = readdirSync(join(work, 'assets')).toSorted();
    for (const platform of platforms) {
      const isOwn = platform.name === own.name;
      const base = nodeBinary(root, platform, join(work, platform.name));
      if (platform.os === 'linux') writeFileSync(base, stripElf(readFileSync(base)));
      writeFileSync(join(work, 'sea.json'), config(isOwn ? withCode : assets));
      // Names of files are in the blob, so they are relative.
      execFileSync(node, ['--experimental-sea-config', 'sea.json'], {
        cwd: work,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      inject(root, base, join(work, BLOB));
      if (platform.os === 'darwin') writeFileSync(base, signMacho(readFileSync(base), product.command));
      renameSync(base, join(folder, executableName(product, platform)));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @returns the names of the assets */
function writeAssets(root: string, work: string): string[] {
  const dist = join(root, 'dist', 'cli');
  const folder = join(work, 'assets');
  mkdirSync(folder);
  const quick = readFileSync(join(dist, 'quick.cjs'), 'utf8');
  for (const name of readdirSync(dist))
    if (name !== 'main.cjs' && !quick.includes(`"${name}":function(`))
      copyFileSync(join(dist, name), join(folder, name));
  const start = readFileSync(join(root, 'src', 'executable.cjs'), 'utf8');
  writeFileSync(join(work, 'main.cjs'), start.replace('%FIRST%', 'glaive.cjs'));
  writeFileSync(join(folder, 'thread.cjs'), start.replace('%FIRST%', 'piscina-worker.cjs'));
  return readdirSync(folder).toSorted();
}

function config(assets: readonly string[]): string {
  return JSON.stringify({
    main: 'main.cjs',
    output: BLOB,
    disableExperimentalSEAWarning: true,
    // `NODE_OPTIONS` is for the programs of others; and no signal may open a port for a debugger.
    execArgvExtension: 'none',
    execArgv: ['--disable-sigusr1'],
    assets: Object.fromEntries(assets.map((name) => [name, `assets/${name}`])),
  });
}

/** Puts the blob into Node, as a note, a section or a resource. */
function inject(root: string, program: string, blob: string): void {
  const postject = join(root, 'node_modules', 'postject', 'dist', 'cli.js');
  const args = [program, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, '--macho-segment-name', 'NODE_SEA'];
  // It warns of sections without a name, which Node has.
  execFileSync(process.execPath, [postject, ...args], { stdio: 'pipe' });
}
