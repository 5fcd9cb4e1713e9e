/** What `npm run release -- doors` makes for tools of others. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sha256Of } from '../../../scripts/release/files.ts';
import { withPackageName } from '../../../scripts/release/package-name.ts';
import {
  assetUrl,
  executableName,
  packageFile,
  PLATFORMS,
  type Product,
  readProduct,
} from '../../../scripts/release/product.ts';
import { doorsStep } from '../../../scripts/release/steps/doors.ts';
import { git, tempFolder } from '../../support/temp-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');
const product: Product = { ...readProduct(ROOT), version: '1.2.3', packageName: '@acme/glaive' };

/** A release with these executables, which only say what they are. */
async function makeDoors(platforms = PLATFORMS): Promise<{ folder: string; said: string[] }> {
  const folder = tempFolder();
  for (const name of [packageFile(product), ...platforms.map((platform) => executableName(product, platform))])
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${name}\n`);
  const said: string[] = [];
  await doorsStep.run({ root: ROOT, folder, product, epoch: 0, say: (line) => said.push(line) });
  return { folder, said };
}

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

describe('doors', () => {
  it('name each file of the release with its checksum', async () => {
    const { folder, said } = await makeDoors();
    expect(said).toEqual([]);
    const read = (name: string): string => readFileSync(join(folder, 'doors', name), 'utf8');
    const texts = [read('homebrew/Formula/glaive.rb'), read('scoop/bucket/glaive.json'), read('nix/package.nix')];
    const pins = texts.flatMap((text) => [
      ...text.matchAll(
        /"https:[^"]*\/v1\.2\.3\/downloads\/([^"#]+)[^"]*"[;,]?\s+"?(?:sha256|hash)"?[: =]+"([0-9a-f]{64})"/g,
      ),
    ]);
    expect(pins).toHaveLength(6);
    for (const [, file, sha256] of pins) expect(sha256).toBe(sha256Of(join(folder, file!)));
    const hooks = parse(read('pre-commit/.pre-commit-hooks.yaml')) as Record<string, unknown>[];
    for (const hook of hooks) expect(hook['additional_dependencies']).toEqual(['@acme/glaive@1.2.3']);
  });

  it('without the files that they need are left out, and said', async () => {
    const { said } = await makeDoors(PLATFORMS.filter(({ os }) => os === 'linux'));
    expect(said.join('\n')).toMatch(/glaive-macos-x64.*\n.*scoop is not made: it needs the executable for Windows/);
  });

  it.runIf(has('ruby'))('for Homebrew are Ruby', async () => {
    const { folder } = await makeDoors();
    execFileSync('ruby', ['-c', join(folder, 'doors/homebrew/Formula/glaive.rb')], { stdio: 'pipe' });
  });

  it.runIf(has('nix-instantiate'))('for Nix are Nix', async () => {
    const { folder } = await makeDoors();
    for (const name of ['flake.nix', 'package.nix'])
      execFileSync('nix-instantiate', ['--parse', join(folder, 'doors/nix', name)], { stdio: 'pipe' });
  });
});

describe('the plugin for asdf', () => {
  async function openPlugin() {
    const { folder } = await makeDoors();
    const downloads = join(folder, 'v1.2.3', 'downloads');
    mkdirSync(downloads, { recursive: true });
    execFileSync('sh', ['-c', 'cp glaive-* v1.2.3/downloads && cd v1.2.3/downloads && sha256sum * >SHA256SUMS'], {
      cwd: folder,
    });
    const env = {
      PATH: process.env['PATH'],
      ASDF_INSTALL_VERSION: '1.2.3',
      ASDF_DOWNLOAD_PATH: join(folder, 'download'),
      ASDF_INSTALL_PATH: join(folder, 'installed'),
      GLAIVE_DOWNLOADS: `file://${folder}`,
      GLAIVE_REPOSITORY: folder,
    };
    const run = (name: string) =>
      spawnSync(join(folder, 'doors/asdf/bin', name), { cwd: folder, env, encoding: 'utf8' });
    return { folder, downloads, run };
  }

  it('installs the executable of this machine, if its checksum is right', async () => {
    const { folder, downloads, run } = await openPlugin();
    expect(run('download')).toMatchObject({ status: 0, stderr: '' });
    expect(run('install')).toMatchObject({ status: 0, stderr: '' });
    const program = join(folder, 'installed/bin/glaive');
    expect(statSync(program).mode & 0o111).not.toBe(0);
    const name = execFileSync(program, { encoding: 'utf8' }).trim();
    writeFileSync(join(downloads, name), 'another\n');
    expect(run('download')).toMatchObject({
      status: 1,
      stderr: `${name} is not the file of the release: its checksum differs\n`,
    });
  });

  it('lists versions by their numbers', async () => {
    const { folder, run } = await openPlugin();
    git(folder, 'init', '--quiet');
    git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'x');
    for (const tag of ['v1.10.0', 'v1.9.0', 'other', 'v2.0.0-rc.1', 'v0.9.9']) git(folder, 'tag', tag);
    expect(run('list-all').stdout).toBe('0.9.9 1.9.0 1.10.0 2.0.0-rc.1 ');
    expect(run('latest-stable').stdout).toBe('1.10.0\n');
  });
});

it('the preset for Renovate sees what pins glaive', async () => {
  const { folder } = await makeDoors();
  const { customManagers } = JSON.parse(readFileSync(join(folder, 'doors/renovate/default.json'), 'utf8')) as {
    customManagers: { matchStrings: [string] }[];
  };
  const digest = 'a1'.repeat(32);
  const lines = `image: ${product.image}:1.2.3@sha256:${digest}\n- npx --yes @acme/glaive@1.2.3\nsource: ${assetUrl({ ...product, version: '1.2.3' }, 'glaive-linux-x64')}#sha256=${digest}\n`;
  const found = customManagers.map(({ matchStrings: [pattern] }) => new RegExp(pattern).exec(lines)?.groups);
  expect(found.map((groups) => groups?.['currentValue'])).toEqual(['1.2.3', '1.2.3', '1.2.3']);
  expect(found.map((groups) => groups?.['currentDigest'])).toEqual([`sha256:${digest}`, undefined, digest]);
});

it.each([
  ['npm install --global glaive@latest', 'npm install --global @acme/cli@latest'],
  ['npx --yes glaive scan && glaive scan', 'npx --yes @acme/cli scan && glaive scan'],
  ["import { scan } from 'glaive';", "import { scan } from '@acme/cli';"],
  ['npm install ./glaive-1.tgz', 'npm install ./glaive-1.tgz'],
  ['npx glaive-other', 'npx glaive-other'],
])('%s follows the name of the package, and back', (text, renamed) => {
  expect(withPackageName(text, '@acme/cli', 'glaive')).toBe(renamed);
  expect(withPackageName(renamed, 'glaive', 'glaive')).toBe(text);
});
