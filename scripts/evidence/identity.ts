/**
 * `npm run evidence -- identity --base FOLDER [--tree FOLDER]... [--repository FOLDER]...`: compares what this build reports with what
 * another built checkout reports, byte for byte and in every format, except for the times of the run. The other build runs in one
 * thread, this one in 1, 2 and 4. Always: text of every kind, with tokens, as files, job logs, a stream and staged files. Trees and
 * repositories come in addition; `history --check` compares the readers of each repository as well.
 */

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeKinds, writeStagedKinds } from './kinds.ts';

interface Case {
  readonly name: string;
  readonly cwd: string;
  readonly args: readonly string[];
  /** The file that standard input is; absent: empty. */
  readonly input?: string;
  /** Whether it writes reports, and has threads. */
  readonly reports: boolean;
  readonly threads: boolean;
}

const FORMATS = ['json', 'jsonl', 'sarif', 'gitlab', 'codequality', 'junit', 'csv', 'markdown', 'html'];
const THREADS = [1, 2, 4];

export async function compareBuilds(root: string, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      base: { type: 'string' },
      tree: { type: 'string', multiple: true, default: [] },
      repository: { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.base === undefined) throw new Error('--base FOLDER must name a built checkout');
  const base = resolve(values.base);
  const folder = mkdtempSync(join(tmpdir(), 'glaive-identity-'));
  let differences = 0;
  try {
    for (const one of casesOf(root, folder, values)) {
      const before = run(base, one, 1, join(folder, 'before'));
      for (const threads of one.threads ? THREADS : [1]) {
        const after = run(root, one, threads, join(folder, 'after'));
        const found = differencesOf(before, after);
        differences += found.length;
        const name = one.threads ? `${one.name}, threads: ${threads}` : one.name;
        const size = [...before.files.values()].reduce((sum, text) => sum + text.length, 0);
        const result = found.length === 0 ? `identical, ${before.files.size} outputs, ${size} bytes` : 'DIFFERENT';
        process.stdout.write(`${name}: ${result}; ${before.seconds.toFixed(1)} s, ${after.seconds.toFixed(1)} s\n`);
        for (const line of found) process.stdout.write(`  ${line}\n`);
      }
    }
    for (const repository of values.repository) differences += check(root, resolve(repository));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(differences === 0 ? 'no difference\n' : `${differences} differences\n`);
  if (differences > 0) process.exitCode = 1;
}

function* casesOf(
  root: string,
  folder: string,
  { tree, repository }: { readonly tree: readonly string[]; readonly repository: readonly string[] },
): Generator<Case> {
  const kinds = join(folder, 'kinds');
  const names = writeKinds(root, kinds);
  const all = { cwd: kinds, reports: true, threads: false };
  yield { ...all, name: 'text of every kind, scan', args: ['scan', '--show-unlikely', '.'], threads: true };
  yield { ...all, name: 'text of every kind, logs', args: ['logs', '--show-unlikely', ...names] };
  for (const name of names)
    yield { ...all, name: `${name}, mask`, args: ['mask'], input: join(kinds, name), reports: false };
  const staged = join(folder, 'staged');
  writeStagedKinds(kinds, staged);
  yield { ...all, name: 'text of every kind, staged', args: ['staged', '--show-unlikely'], cwd: staged };
  for (const path of tree)
    yield {
      ...all,
      name: `${basename(path)}, scan`,
      args: ['scan', '--show-unlikely', '.'],
      cwd: resolve(path),
      threads: true,
    };
  for (const path of repository)
    yield {
      ...all,
      name: `${basename(path)}, history`,
      args: ['history', '--show-unlikely'],
      cwd: resolve(path),
      threads: true,
    };
}

interface Outputs {
  readonly seconds: number;
  /** Texts without times, by format. */
  readonly files: ReadonlyMap<string, string>;
}

function run(
  build: string,
  { cwd, args, input, reports, threads: hasThreads }: Case,
  threads: number,
  out: string,
): Outputs {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  const program = [join(build, 'dist', 'cli', 'main.cjs'), ...args];
  if (hasThreads) program.push('--threads', String(threads));
  if (reports) for (const format of FORMATS) program.push('--output', `${format}=${join(out, format)}`);
  const [stdin, stdout, stderr] = [
    openSync(input ?? '/dev/null', 'r'),
    openSync(join(out, 'stdout'), 'w'),
    openSync(join(out, 'stderr'), 'w'),
  ];
  const start = Date.now();
  const { status, signal } = spawnSync(process.execPath, program, { cwd, stdio: [stdin, stdout, stderr] });
  const end = Date.now();
  for (const file of [stdin, stdout, stderr]) closeSync(file);
  const files = new Map([['exit code', String(status ?? signal)]]);
  for (const name of readdirSync(out)) {
    const text = readFileSync(join(out, name), 'latin1').replaceAll(out, 'OUT').replaceAll(build, 'BUILD');
    files.set(name, withoutTimes(text, start, end));
  }
  return { seconds: (end - start) / 1000, files };
}

/** Lines of progress, which depend on the load of the machine. */
const PROGRESS = /^glaive: (?:[\d ,.]+ files?, .*B\/s|objects in packs: \d+ of \d+).*\n/gm;
/** Some formats give minutes only. */
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC)?/g;
const MINUTE = 60_000;

/** Times within the run; those of commits stay. */
function withoutTimes(text: string, start: number, end: number): string {
  return text.replaceAll(PROGRESS, '').replaceAll(TIME, (time) => {
    const ms = Date.parse(`${time.replace(/Z| UTC/, '').replace(' ', 'T')}Z`);
    return ms > start - MINUTE && ms <= end ? 'TIME' : time;
  });
}

const LINES_SHOWN = 3;
const CHARACTERS_SHOWN = 200;

function differencesOf(before: Outputs, after: Outputs): string[] {
  return [...new Set([...before.files.keys(), ...after.files.keys()])].flatMap((name) => {
    const [one, other] = [before.files.get(name) ?? '', after.files.get(name) ?? ''];
    if (one === other) return [];
    const [ones, others] = [one.split('\n'), other.split('\n')];
    const [inOne, inOther] = [new Set(ones), new Set(others)];
    const shown = [
      ...ones
        .filter((line) => !inOther.has(line))
        .map((line) => `- ${line}`)
        .slice(0, LINES_SHOWN),
      ...others
        .filter((line) => !inOne.has(line))
        .map((line) => `+ ${line}`)
        .slice(0, LINES_SHOWN),
    ].map((line) => line.slice(0, CHARACTERS_SHOWN));
    return [`${name}: ${ones.length} lines before, ${others.length} after`, ...shown];
  });
}

/** Whether both readers of this build agree: 1 if not. */
function check(root: string, repository: string): number {
  const start = Date.now();
  const { stderr } = spawnSync(
    process.execPath,
    [join(root, 'dist', 'cli', 'main.cjs'), 'history', '--check', '--output', '/dev/null'],
    { cwd: repository, encoding: 'utf8' },
  );
  const line = /^.*check: .*$/m.exec(stderr)?.[0] ?? stderr.trim();
  process.stdout.write(
    `${basename(repository)}, history --check: ${line}; ${((Date.now() - start) / 1000).toFixed(1)} s\n`,
  );
  return line.endsWith(', 0 differences') ? 0 : 1;
}
