/** The pipelines of a release: for tags only, published by hand, without secrets in arguments, and with a link for each file. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { assetUrl, executableName, PLATFORMS, readProduct } from '../../../scripts/release/product.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PRODUCT = readProduct(ROOT);
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

interface Job {
  readonly extends?: string;
  readonly stage?: string;
  readonly rules?: readonly { readonly if?: string; readonly when?: string }[];
  readonly environment?: string;
  readonly script?: readonly string[];
  readonly release?: {
    readonly assets: { readonly links: readonly { readonly filepath: string; readonly url: string }[] };
  };
}

const FILE = parse(readFileSync(join(ROOT, '.gitlab', 'release.yml'), 'utf8')) as Readonly<Record<string, Job>>;
const JOBS = Object.entries(FILE).filter(([name]) => !name.startsWith('.'));

/** A setting of a job, or of those that it extends. */
function settingOf<Key extends 'rules' | 'environment'>(job: Job, key: Key): Job[Key] | undefined {
  return job[key] ?? (job.extends === undefined ? undefined : settingOf(FILE[job.extends]!, key));
}

describe('.gitlab/release.yml', () => {
  it.each(JOBS)('%s runs for tags only', (_, job) => {
    for (const rule of settingOf(job, 'rules')!) expect(rule.if).toMatch(/^\$CI_COMMIT_TAG =~ \/\^v/);
  });

  it.each(JOBS.filter(([name]) => /^publish:|sign|sigstore/.test(name)))('%s waits for a maintainer', (_, job) => {
    expect(settingOf(job, 'rules')!.every(({ when }) => when === 'manual')).toBe(true);
    expect(settingOf(job, 'environment')).toBe('release');
  });

  it.each(JOBS)('%s puts no secret into an argument', (_, { script = [] }) => {
    // `printf` and `echo` are part of the shell.
    const commands = script.join('\n').replaceAll(/^\s*printf [^|]*\|/gm, '');
    expect(commands).not.toMatch(/TOKEN|PASSWORD|_KEY/);
  });

  it('each file has a link at the address that the table of names gives it', () => {
    const { links } = FILE['publish:release']!.release!.assets;
    const paths = links.map(({ filepath }) => filepath.replace(/\$\{?VERSION\}?/, PRODUCT.version));
    expect(new Set(paths).size).toBe(links.length);
    for (const file of [
      `glaive-${PRODUCT.version}.tgz`,
      ...PLATFORMS.map((platform) => executableName(PRODUCT, platform)),
      'glaive-image.json',
      'SHA256SUMS',
      'SHA256SUMS.minisig',
      'glaive.cdx.json',
      'provenance.json',
    ])
      expect(paths, file).toContain(`/${assetUrl(PRODUCT, file).split('/downloads/')[1]!}`);
    for (const { url, filepath } of links) expect(url).toBe(`$FILES${filepath}`);
  });

  it.skipIf(!hasShellcheck).each(JOBS)('the script of %s is good shell', (_, { script = [] }) => {
    const { stdout } = spawnSync('shellcheck', ['--shell', 'bash', '--severity', 'warning', '-'], {
      input: `set -eo pipefail\n${script.join('\n')}`, // as GitLab's runner does
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });
});

describe('.github/workflows/release.yml', () => {
  const text = readFileSync(join(ROOT, '.github', 'workflows', 'release.yml'), 'utf8');

  it('pins each action by its commit, and gives each job its rights', () => {
    const used = [...text.matchAll(/uses: (.*)/g)].map(([, name]) => name!);
    expect(used.length).toBeGreaterThan(5);
    for (const name of used) expect(name).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const { permissions, jobs } = parse(text) as {
      readonly permissions: object;
      readonly jobs: Readonly<Record<string, { readonly permissions: Readonly<Record<string, string>> }>>;
    };
    expect(permissions).toEqual({});
    for (const [name, job] of Object.entries(jobs))
      if (name !== 'publish') expect(job.permissions, name).toEqual({ contents: 'read' });
  });

  it('tries the executable of each platform that the builder is not, and publishes those of the builder', () => {
    const tried = [...text.matchAll(/platform: ([\w-]+)$/gm)].map(([, name]) => name!);
    expect(tried.toSorted()).toEqual(
      PLATFORMS.map(({ name }) => name)
        .filter((name) => name !== 'linux-x64')
        .toSorted(),
    );
    expect(text.match(/upload-artifact@/g)).toHaveLength(1);
    expect(text.match(/download-artifact@/g)).toHaveLength(text.match(/^ +name: release$/gm)!.length - 1);
    expect(text).not.toMatch(/codesign[^\n]*--(?:force|sign)/);
  });
});

it.each(['.gitlab/release.yml', '.github/workflows/release.yml'])(
  '%s refuses a tag whose pins are not those of its files',
  (path) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toMatch(
      /npm run release\n(?: +#.*\n)? +- (?:run: )?npm run release -- pin && git diff --exit-code\n/,
    );
  },
);
