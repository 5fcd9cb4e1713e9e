/**
 * `node scripts/run.mjs scripts/repositories.ts FOLDER [NAME...]`: makes repositories with a known history from published versions
 * of registry packages, plants tokens in some versions and removes them in the next. Scans them with `glaive history`, and times it
 * against `git log -p`. Prints sizes, findings and times.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './bench/measure.ts';
import { runProcessTree } from './bench/process-tree.ts';

const SYMBOLS = [100, 200, 300, 400, 500, 600, 700].flatMap((weight) =>
  ['0.40.2', '0.47.5'].map((version) => `@material-symbols/svg-${weight}@${version}`),
);
const MANY_ICONS = [
    '5.0.0', '5.0.4', '5.1.1', '5.2.4', '5.3.1', '5.4.4', '5.6.0', '5.8.0', '5.8.4', '5.10.6', '5.10.15',
    '5.11.9', '5.13.7', '5.14.3', '5.14.11', '5.14.18', '5.15.1', '5.15.7', '5.15.13', '5.15.19', '5.16.0',
    '5.16.6', '5.16.12', '5.17.0', '6.0.0', '6.1.0', '6.1.6', '6.2.1', '6.4.0', '6.4.6', '6.4.12', '7.0.1',
    '7.1.1', '7.3.0', '7.3.6', '9.0.0', '9.1.1', '9.3.1',
  ].map((version) => `@mui/icons-material@${version}`); // prettier-ignore
const OTHERS = [
  '@fluentui/svg-icons@1.1.343',
  '@mdi/svg@7.4.47',
  '@tabler/icons@2.47.0',
  '@tabler/icons@3.51.0',
  '@carbon/icons@11.89.0',
  '@phosphor-icons/core@2.1.1',
  'lucide-static@1.62.0',
  'bootstrap-icons@1.11.3',
];

/** Versions, oldest first. One commit each; a token is planted in every tenth one, in a file of its own. */
const REPOSITORIES: Readonly<Record<string, readonly string[]>> = {
  express: ['2.0.0', '2.5.0', '3.0.0', '3.3.0', '3.6.0', '3.10.0', '3.15.0', '3.20.0', '4.0.0', '4.3.0', '4.6.0', '4.9.0', '4.11.0', '4.13.0', '4.14.0', '4.15.0', '4.16.0', '4.17.0', '4.17.1', '4.17.3', '4.18.0', '4.18.2', '4.19.0', '4.19.2', '4.20.0', '4.21.0', '4.21.2', '5.0.0', '5.0.1', '5.1.0'].map((version) => `express@${version}`), // prettier-ignore
  icons: ['5.0.0', '5.2.0', '5.6.0',
    '5.8.0', '5.11.0', '5.15.0', '6.0.1', '6.2.0', '6.4.0', '7.0.0', '7.1.0', '7.3.0', '9.0.0', '9.2.0', '9.5.0'].map((version) => `@mui/icons-material@${version}`), // prettier-ignore
  // Above 200 000 objects each; made only by name.
  'many-icons': [...SYMBOLS, ...MANY_ICONS],
  'many-symbols': [...SYMBOLS, ...OTHERS],
};
const BY_NAME_ONLY = new Set(['many-icons', 'many-symbols']);
const EVERY = 5;

export async function main(root: string, [folder, ...names]: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Error('usage: node scripts/run.mjs scripts/repositories.ts FOLDER [NAME...]');
  mkdirSync(folder, { recursive: true });
  const glaive = join(root, 'dist', 'cli', 'main.cjs');
  for (const [name, versions] of Object.entries(REPOSITORIES)) {
    if (names.length === 0 ? BY_NAME_ONLY.has(name) : !names.includes(name)) continue;
    const cwd = join(folder, name);
    const planted = build(cwd, versions);
    const kinds = execFileSync('git', ['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'], {
      cwd,
      maxBuffer: 2 ** 30,
      encoding: 'utf8',
    });
    const count = (kind: string): number => kinds.split('\n').filter((line) => line === kind).length;
    process.stdout.write(
      `\n${name}: ${versions.length} versions; ${count('blob')} blobs, ${count('tree')} trees, ${count('commit')} commits\n`,
    );

    const state = join(folder, `${name}.state`);
    rmSync(state, { force: true });
    const sweep = (...args: string[]) => {
      const { stdout, status } = spawnSync(
        process.execPath,
        [glaive, 'history', '--format', 'json', '--quiet', ...args],
        { cwd, maxBuffer: 2 ** 30, encoding: 'utf8' },
      );
      return {
        status,
        report: JSON.parse(stdout) as {
          counts: Record<string, number>;
          findings: { confidence: string; history?: { inHead: boolean } }[];
        },
      };
    };
    const { status, report } = sweep();
    const ours = report.findings.length;
    process.stdout.write(
      `exit ${status}, ${planted} planted, ${ours} found; ${report.counts['gaps']} gaps; ${((report.counts['bytes'] ?? 0) / 1e6).toFixed(0)} MB in ${report.counts['artifacts']} artifacts\n`,
    );
    const commands = [
      { name: 'git log -p -U0 --all', program: 'git', args: ['log', '-p', '-U0', '--all'] },
      {
        name: 'git cat-file --batch of everything',
        program: 'git',
        args: ['cat-file', '--batch-all-objects', '--batch', '--unordered', '--buffer'],
      },
      { name: 'glaive history', program: process.execPath, args: [glaive, 'history', '--quiet', '--exit-zero'] },
    ].map((command) => ({ ...command, cwd, lenient: true as const }));
    const timings = measure(commands, { rounds: 1, runs: 1 });
    for (const { name: what, wall, cpu } of timings)
      process.stdout.write(
        `${what}: ${(wall / 1000).toFixed(2)} s, CPU ${(cpu / 1000).toFixed(2)} s, ${(cpu / timings[0]!.cpu).toFixed(2)}x of git log -p\n`,
      );
    const check = spawnSync(process.execPath, [glaive, 'history', '--check', '--quiet', '--output', '/dev/null'], {
      cwd,
      encoding: 'utf8',
    });
    process.stdout.write(`${/check: .*/.exec(check.stderr)?.[0] ?? check.stderr}\n`);
    sweep('--state', state);
    const [again] = measure(
      [
        {
          name: 'again',
          program: process.execPath,
          args: [glaive, 'history', '--quiet', '--exit-zero', '--state', state],
          cwd,
          lenient: true,
        },
      ],
      { rounds: 3, runs: 1 },
    );
    process.stdout.write(
      `second run with --state: CPU ${(again!.cpu / 1000).toFixed(2)} s, ${((100 * again!.cpu) / timings.at(-1)!.cpu).toFixed(1)} % of the first\n`,
    );
    const { peak } = await runProcessTree([process.execPath, glaive, 'history', '--quiet', '--exit-zero'], { cwd });
    process.stdout.write(`peak RSS ${(peak / 1e6).toFixed(0)} MB\n`);
  }
}

/** Returns the number of planted tokens. */
function build(cwd: string, versions: readonly string[]): number {
  const planted = Math.floor((versions.length - 1) / EVERY);
  if (existsSync(join(cwd, '.git', 'built'))) return planted;
  rmSync(cwd, { recursive: true, force: true });
  mkdirSync(cwd, { recursive: true });
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'gc.auto=0', ...args], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  git('init', '--quiet');
  versions.forEach((version, index) => {
    for (const name of readdirSync(cwd)) if (name !== '.git') rmSync(join(cwd, name), { recursive: true });
    const tarball = execFileSync('npm', ['pack', '--silent', version], { cwd, encoding: 'utf8' }).trim();
    execFileSync('tar', ['-xzf', tarball], { cwd });
    rmSync(join(cwd, tarball));
    // This repository must not contain token-shaped text.
    if (index % EVERY === EVERY - 1 && index + 1 < versions.length)
      writeFileSync(
        join(cwd, `deploy-${index}.env`),
        `TOKEN=${['glpat', randomBytes(15).toString('base64url')].join('-')}\n`,
      );
    git('add', '--all', '--force');
    git('commit', '--quiet', '--message', version);
  });
  git('repack', '-q', '-a', '-d', '-f', '--depth=50', '--window=10');
  writeFileSync(join(cwd, '.git', 'built'), '');
  return planted;
}
