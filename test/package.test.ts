/** What users install. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProduct } from '../scripts/release/product.ts';
import { packPackage } from '../scripts/release/steps/package.ts';
import { DIST } from './support/run-cli.ts';

const ROOT = join(import.meta.dirname, '..');

describe('the npm package', () => {
  const product = readProduct(ROOT);
  let scratch: string;
  let folder: string;
  let tarball: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'glaive-package-test-'));
    packPackage(ROOT, product, scratch, DIST);
    tarball = join(scratch, `glaive-${product.version}.tgz`);
    execFileSync('tar', ['-xzf', tarball, '-C', scratch]);
    folder = join(scratch, 'package');
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const manifest = (): Record<string, unknown> =>
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const files = (): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());

  it('takes less than 3 MB to download, and 10 MB on disk', () => {
    expect(statSync(tarball).size).toBeLessThan(3_000_000);
    const sizes = files().map((name) => statSync(join(folder, name)).size);
    expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThan(10_000_000);
  });

  it('runs nothing when it is installed, needs nothing, and is published for everybody with its provenance', () => {
    for (const key of ['scripts', 'dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'])
      expect(manifest()).not.toHaveProperty(key);
    expect(manifest()['publishConfig']).toEqual({ access: 'public', provenance: true });
    expect(manifest()['homepage']).toBe(product.repository);
  });

  it('has only what users need, and its README leads into the repository', () => {
    const packed = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'dist', 'package.json', 'schema'];
    expect(new Set(files().map((name) => name.split('/')[0]))).toEqual(new Set(packed));
    expect(files()).not.toContain('dist/glaive.cjs');
    expect(files()).toContain('dist/glaive-fleet.cjs');
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(readme).toContain(`](${product.repository}/-/blob/v${product.version}/docs/install.md)`);
    expect(readme).toContain(`](${product.repository}/-/raw/v${product.version}/docs/pictures/blocked-commit.svg)`);
    expect(readme).not.toMatch(/\]\((?!https:|#)/);
  });

  it('is one library for import and for require', async () => {
    const library = createRequire(join(folder, 'dist', 'cli', 'library.cjs'))('./library.cjs') as Record<
      string,
      unknown
    >;
    const module = (await import(pathToFileURL(join(folder, 'dist', 'lib', 'index.js')).href)) as typeof library;
    expect(Object.keys(module)).toEqual(expect.arrayContaining(['scan', 'builtinRuleset', 'filesSource']));
    for (const [name, value] of Object.entries(library)) expect(module[name], name).toBe(value);
  });
});
