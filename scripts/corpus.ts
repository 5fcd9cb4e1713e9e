/**
 * `node scripts/run.mjs scripts/corpus.ts FOLDER`: fetches the packages of `test/corpus/packages.json` from the registry
 * and unpacks them, then scans them and prints every finding of confidence `likely` or more, by rule. What is found in
 * released packages is a false positive until a person has checked it.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

interface Report {
  readonly counts: { readonly bytes: number; readonly artifacts: number };
  readonly findings: readonly {
    readonly ruleId: string;
    readonly form: string;
    readonly confidence: string;
    readonly artifact: { readonly uri: string };
    readonly regions: readonly { readonly startLine: number }[];
    readonly excerpt?: { readonly text: string };
    readonly locator: { readonly encodings: readonly string[] };
  }[];
}

export async function main(root: string, [folder]: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Error('usage: node scripts/run.mjs scripts/corpus.ts FOLDER');
  const packages = JSON.parse(readFileSync(join(root, 'test', 'corpus', 'packages.json'), 'utf8')) as string[];
  mkdirSync(folder, { recursive: true });
  for (const name of packages) fetchPackage(folder, name);
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'dist', 'cli', 'main.cjs'), 'scan', '.', '--format', 'json', '--exit-zero', '--quiet'],
    { cwd: folder, maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const report = JSON.parse(stdout.toString()) as Report;
  const { bytes, artifacts } = report.counts;
  process.stdout.write(
    `${packages.length} packages, ${artifacts} artifacts, ${(bytes / 1e9).toFixed(2)} GB; exit ${status}\n`,
  );
  for (const { ruleId, form, confidence, artifact, regions, excerpt, locator } of report.findings) {
    const encoded = locator.encodings.length === 0 ? '' : ` (${locator.encodings.join(', ')})`;
    const place = `${artifact.uri}:${regions[0]!.startLine}`;
    process.stdout.write(
      `${confidence}\t${ruleId}\t${form}${encoded}\t${place}\t${excerpt?.text.slice(0, 160) ?? ''}\n`,
    );
  }
}

function fetchPackage(folder: string, name: string): void {
  const target = join(folder, name.replaceAll('/', '+'));
  if (existsSync(target)) return;
  const made = `${target}.part`;
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  try {
    const tarball = execFileSync('npm', ['pack', '--silent', '--pack-destination', made, name]).toString().trim();
    execFileSync('tar', ['-xzf', join(made, tarball), '-C', made]);
    rmSync(join(made, tarball));
    execFileSync('mv', [made, target]);
  } catch (error) {
    process.stderr.write(`${name} could not be fetched: ${(error as Error).message.split('\n')[0]}\n`);
    rmSync(made, { recursive: true, force: true });
  }
}
