/**
 * How processor time and memory grow when there is twice as much: `npm run evidence -- growth` prints the table. What is linear
 * grows by a factor of 2 at most; below it, what each run costs anyway weighs more.
 */

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { grownRepository, type Growth } from '../support/grown-repository.ts';
import { CLI } from '../support/run-cli.ts';
import { printTable } from '../support/table.ts';
import { tokenMint } from '../support/scan-report.ts';
import { gitEnvironment, tempFolder } from '../support/temp-folder.ts';

const STEPS = [1, 2, 4, 8] as const;
/** Twice, and room for a noisy machine. */
const FACTOR_MAX = 2.2;
const MB = 1024 * 1024;

interface Cost {
  /** Seconds of all threads, and of the processes that it has started. */
  readonly cpu: number;
  /** The most memory that it has held, in bytes. */
  readonly peak: number;
}

/** Sees what a process has used when it ends: its own `process.resourceUsage` says it, its children's is with the system. */
const METER =
  `data:text/javascript,process.on('exit',()=>{const{readFileSync,writeFileSync}=process.getBuiltinModule('fs');
const stat=readFileSync('/proc/self/stat','latin1');const f=stat.slice(stat.lastIndexOf(')')+2).split(' ');
const cpu=f.slice(11,15).reduce((sum,ticks)=>sum+Number(ticks),0)/100;
writeFileSync(process.env.METER,JSON.stringify({cpu,peak:process.resourceUsage().maxRSS*1024}))})`.replaceAll(
    '\n',
    ' ',
  );

async function costOf(args: readonly string[], cwd: string, codes: readonly number[] = [0, 1]): Promise<Cost> {
  const meter = join(tempFolder(), 'meter');
  const output = openSync(join(tempFolder(), 'output'), 'w');
  const env = { ...gitEnvironment(), METER: meter };
  const child = spawn(process.execPath, ['--import', METER, CLI, ...args], {
    cwd,
    env,
    stdio: ['ignore', output, 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (piece: Buffer) => (said += piece.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  closeSync(output);
  expect(codes, said).toContain(code);
  return JSON.parse(readFileSync(meter, 'utf8')) as Cost;
}

const history = (growth: Growth) => async (): Promise<Cost> => {
  const { root } = grownRepository(growth.commits, growth);
  return await costOf(['history', '--threads', '1', '--quiet', '--format', 'json'], root);
};

const diff = (growth: Growth) => async (): Promise<Cost> => {
  const { root } = grownRepository(growth.commits, growth);
  return await costOf(['diff', `main~${growth.commits - 2}..main`, '--quiet', '--format', 'json'], root);
};

const logs = (leaks: number) => async (): Promise<Cost> => {
  const token = tokenMint(leaks);
  const root = tempFolder();
  const names = Array.from({ length: leaks }, (_, index) => `job-${index}.log`);
  for (const name of names) writeFileSync(join(root, name), `${'step done\n'.repeat(2000)}echo ${token()}\n`);
  return await costOf(['logs', ...names, '--quiet', '--format', 'json'], root);
};

const report = (leaks: number) => async (): Promise<Cost> => {
  const root = tempFolder();
  const token = tokenMint(leaks);
  writeFileSync(join(root, 'leaks'), Array.from({ length: leaks }, () => `token = "${token()}"\n`).join(''));
  await costOf(['scan', 'leaks', '--quiet', '--output', 'json=report.json'], root);
  return await costOf(['report', 'report.json', '--format', 'html'], root);
};

const CASES: readonly (readonly [name: string, base: number, measure: (size: number) => () => Promise<Cost>])[] = [
  ['history, commits with a leak each', 1000, (size) => history({ commits: size, leaks: size })],
  ['history, commits, 40 leaks', 2500, (size) => history({ commits: size, leaks: 40 })],
  [
    'history, merges at every commit, a leak each',
    1000,
    (size) => history({ commits: size, leaks: size, shape: 'grid' }),
  ],
  ['history, refs and leaks at every commit', 1000, (size) => history({ commits: size, leaks: size, refs: size })],
  [
    'history, a leak in each version of a file',
    1000,
    (size) => history({ commits: size, leaks: size, leaksIn: 'versions' }),
  ],
  ['history, a file with leaks', 1000, (size) => history({ commits: size, leaks: size, leaksIn: 'one-file' })],
  ['diff, commits with a leak each', 1000, (size) => diff({ commits: size, leaks: size })],
  ['diff, commits, 40 leaks', 1000, (size) => diff({ commits: size, leaks: 40 })],
  ['logs, jobs with a leak each', 250, logs],
  ['report, findings to html', 1250, report],
];

it('is linear in everything that can be many', async () => {
  const rows: Record<string, string | number>[] = [];
  const worst = { factor: 0 };
  for (const [name, base, measure] of CASES) {
    const costs: Cost[] = [];
    for (const step of STEPS) costs.push(await measure(step * base)());
    const factorsOf = (key: keyof Cost): number[] =>
      costs.slice(1).map((cost, index) => cost[key] / costs[index]![key]);
    const [cpu, peak] = [factorsOf('cpu'), factorsOf('peak')];
    worst.factor = Math.max(worst.factor, ...cpu, ...peak);
    rows.push({
      what: name,
      N: base,
      'cpu, s, of N 2N 4N 8N': costs.map((cost) => cost.cpu.toFixed(1)).join(' '),
      factors: cpu.map((factor) => factor.toFixed(2)).join(' '),
      'peak, MB': costs.map((cost) => (cost.peak / MB).toFixed(0)).join(' '),
      'factors of it': peak.map((factor) => factor.toFixed(2)).join(' '),
    });
  }
  printTable(`growth: the largest factor is ${worst.factor.toFixed(2)}, of ${FACTOR_MAX} at most`, rows);
  expect(worst.factor).toBeLessThanOrEqual(FACTOR_MAX);
});

it('a report of 50 000 findings that are not there any more is checked within the budget of memory', async () => {
  const root = tempFolder();
  const token = tokenMint(50);
  writeFileSync(join(root, 'leak'), `token = "${token()}"\n`);
  await costOf(['scan', 'leak', '--output', 'json=one.json'], root);
  const one = JSON.parse(readFileSync(join(root, 'one.json'), 'utf8')) as { findings: Record<string, unknown>[] };
  const [finding] = one.findings as [{ locator: object }];
  const findings = Array.from({ length: 50_000 }, (_, index) => {
    const path = `gone/${index}.txt`;
    const secretFingerprint = index.toString(16).padStart(64, '0');
    return {
      ...finding,
      secretFingerprint,
      artifact: { kind: 'file', uri: path },
      locator: { ...finding.locator, path },
    };
  });
  writeFileSync(join(root, 'many.json'), JSON.stringify({ ...one, findings }));
  const args = ['verify', 'many.json', '--gitlab-url', 'https://gitlab.invalid', '--format', 'json'];
  const { peak } = await costOf(args, root, [2]);
  expect(peak).toBeLessThan(448 * MB);
});
