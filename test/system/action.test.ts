/** `action.yml`: its script is taken out of it and run as GitHub runs it, in bash, with the inputs in the environment. */

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listen } from '../support/listen.ts';
import { CLI, DIST } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { describe, expect, it } from 'vitest';
import { mint, Random } from '../support/mint.ts';
import { some } from '../support/runs.ts';
import { git, gitEnvironment, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const lines = readFileSync(join(root, 'action.yml'), 'utf8').split('\n');

/** The lines of a top-level part of the file, without its head. */
function part(name: string): string[] {
  const start = lines.indexOf(`${name}:`) + 1;
  expect(start, `action.yml has no part ${name}`).toBeGreaterThan(0);
  const length = lines.slice(start).findIndex((line) => /^\S/.test(line));
  return lines.slice(start, length < 0 ? undefined : start + length);
}

/** Each input with its default. */
const inputs = new Map<string, string>();
let input = '';
for (const line of part('inputs')) {
  input = /^ {2}([a-z-]+):$/.exec(line)?.[1] ?? input;
  const value = /^ {4}default: (.*)$/.exec(line)?.[1];
  if (value !== undefined) inputs.set(input, value.replace(/^'(.*)'$/, '$1'));
}

/** Each variable of the script with the input that it holds. */
const variables = new Map<string, string>();
/** Those that the action itself sets. */
const constants = new Map<string, string>();
for (const line of part('runs')) {
  const [, constant, text] = /^ {8}([A-Z\d_]+): ([^$\s].*)$/.exec(line) ?? [];
  if (constant !== undefined && text !== undefined) constants.set(constant, text.replace(/^'(.*)'$/, '$1'));
  const [, name, from] = /^ {8}([A-Z_]+): \$\{\{ inputs\.([a-z-]+) \}\}$/.exec(line) ?? [];
  if (name !== undefined && from !== undefined) variables.set(name, from);
}

const script = (() => {
  const start = lines.indexOf('      run: |') + 1;
  expect(start, 'action.yml has no script').toBeGreaterThan(0);
  expect(lines.indexOf('      run: |', start), 'this test knows one script').toBe(-1);
  return lines.slice(start).map((line) => line.replace(/^ {8}/, ''));
})().join('\n');

interface Ran {
  readonly code: number | string;
  /** Standard output, where the runner looks for commands. */
  readonly log: string;
  readonly errors: string;
  readonly outputs: string;
}

interface RunOptions {
  readonly actionPath?: string;
  /** A folder whose programs come before all others. */
  readonly bin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the script in `workspace` as the runner does (`bash --noprofile --norc -eo pipefail`). */
async function run(
  workspace: string,
  given: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
): Promise<Ran> {
  const aside = tempFolder();
  const outputs = join(aside, 'outputs');
  writeFileSync(outputs, '');
  writeFileSync(join(aside, 'script.sh'), script);
  for (const name of Object.keys(given)) expect([...inputs.keys()]).toContain(name);
  const environment = gitEnvironment();
  const { code, stdout, stderr } = await runProgram(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', join(aside, 'script.sh')],
    {
      cwd: workspace,
      env: {
        ...Object.fromEntries(constants),
        ...Object.fromEntries([...variables].map(([name, from]) => [name, given[from] ?? inputs.get(from) ?? ''])),
        PATH: options.bin === undefined ? environment['PATH']! : `${options.bin}:${environment['PATH']}`,
        GITHUB_ACTION_PATH: options.actionPath ?? root,
        GITHUB_OUTPUT: outputs,
        RUNNER_TEMP: aside,
        ...options.env,
      },
    },
  );
  return { code, log: stdout, errors: stderr, outputs: readFileSync(outputs, 'utf8') };
}

const token = mint('pat routable v1', new Random(20261120));

const leaky = (): string => tempRepository({ 'config.env': `GITLAB_TOKEN=${token}\n`, 'src/clean.txt': 'nothing\n' });

const results = (file: string): unknown[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as { runs: { results: unknown[] }[] }).runs[0]!.results;

describe('action.yml', () => {
  it('gives every input to the script or to a step, by the environment and never as text of the script', async () => {
    expect([...inputs.keys()]).toEqual([...inputs.keys()].filter((name) => /^[a-z]+(?:-[a-z]+)*$/.test(name)));
    expect(new Set([...variables.values(), 'node-version'])).toEqual(new Set(inputs.keys()));
    expect(script).not.toContain('${{');
    for (const name of variables.keys()) expect(script).toContain(`$${name}`);
  });

  it('uses other actions by their full commit only', async () => {
    const used = lines.filter((line) => /^\s*(?:- )?uses:/.test(line));
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/);
  });

  it('says what the script writes as outputs', async () => {
    const said = part('outputs').join('\n');
    const names = [...said.matchAll(/^ {2}([a-z-]+):$/gm)].map((match) => match[1]!);
    const taken = [...said.matchAll(/^ {4}value: \$\{\{ steps\.scan\.outputs\.([a-z-]+) \}\}$/gm)];
    const written = [...script.matchAll(/echo "([a-z-]+)=/g)].map((match) => match[1]!);
    expect(taken.map((match) => match[1]!)).toEqual(names);
    expect(written.toSorted()).toEqual(names.toSorted());
  });
});

describe('its script', () => {
  it('writes SARIF, sets the outputs and ends with 1 when something is found; the token appears nowhere', async () => {
    const workspace = leaky();
    const { code, log, errors, outputs } = await run(workspace);
    expect(outputs).toBe('sarif-path=glaive.sarif\nexit-code=1\n');
    expect(code).toBe(1);
    expect(results(join(workspace, 'glaive.sarif'))).toHaveLength(1);
    expect(log).toContain('config.env');
    const sarif = readFileSync(join(workspace, 'glaive.sarif'), 'utf8');
    for (const text of [log, errors, sarif]) expect(text).not.toContain(token);
  });

  it('ends with 0 for a clean folder, and writes an empty report', async () => {
    const workspace = leaky();
    const { code, outputs } = await run(workspace, { path: 'src', 'sarif-file': 'out.sarif' });
    expect(outputs).toBe('sarif-path=out.sarif\nexit-code=0\n');
    expect(code).toBe(0);
    expect(results(join(workspace, 'out.sarif'))).toEqual([]);
  });

  it('passes on fail-on, min-confidence, exit-zero, strict and time-limit', async () => {
    const doubtful = tempRepository({ 'a.txt': `x ${mint('workspace', new Random(1))}\n` });
    expect((await run(doubtful)).code).toBe(1);
    expect((await run(doubtful, { 'fail-on': 'certain' })).code).toBe(0);
    expect((await run(doubtful, { 'exit-zero': 'true' })).code).toBe(0);
    expect(results(join(doubtful, 'glaive.sarif'))).toHaveLength(1);
    expect((await run(doubtful, { 'min-confidence': 'certain' })).code).toBe(0);
    expect(results(join(doubtful, 'glaive.sarif'))).toEqual([]);
    expect((await run(doubtful, { 'min-confidence': 'certain', 'time-limit': '600' })).code).toBe(0);
    expect((await run(doubtful, { 'time-limit': 'soon' })).code).toBe(2);

    const linked = tempRepository({ '.gitignore': 'cache\n', cache: 'x\n' });
    expect((await run(linked)).code).toBe(0);
    expect((await run(linked, { strict: 'true' })).code).toBe(2);
  });

  it('takes several paths, and says when one cannot be scanned', async () => {
    const workspace = leaky();
    expect((await run(workspace, { path: 'src\nconfig.env\n' })).code).toBe(1);
    const { code, log, outputs } = await run(workspace, { path: 'src\r\nnowhere', 'exit-zero': 'true' });
    expect(log).toContain('nowhere: no such file or folder');
    expect(outputs).toBe('sarif-path=glaive.sarif\nexit-code=2\n');
    expect(code).toBe(2);
  });

  it('takes every path for a path: no command, no flag, no standard input', async () => {
    const workspace = leaky();
    for (const path of ['$(touch pwned)', '`touch pwned`', '"; touch pwned; #', '--exit-zero', '-', '*']) {
      expect((await run(workspace, { path })).code, path).toBe(2);
    }
    for (const name of some([...inputs.keys()], 4)) {
      await run(workspace, { [name]: '$(touch pwned)"; touch pwned; #' });
    }
    expect(existsSync(join(workspace, 'pwned'))).toBe(false);
    writeFiles(workspace, { '-': `${token}\n` });
    expect((await run(workspace, { path: '-' })).code).toBe(1);
  });

  it('refuses a report path that would write outputs of its own, and values that it does not know', async () => {
    const workspace = leaky();
    const { code, log, outputs } = await run(workspace, { 'sarif-file': 'x.sarif\nexit-code=0' });
    expect(log).toContain('::error title=glaive::The input sarif-file must be one path.');
    expect(outputs).toBe('');
    expect(code).toBe(2);
    expect((await run(workspace, { 'sarif-file': '' })).code).toBe(2);
    expect((await run(workspace, { 'exit-zero': 'yes' })).code).toBe(2);
    expect((await run(workspace, { 'fail-on': 'never' })).outputs).toBe('exit-code=2\n');
  });

  it('lets no name of a file speak to the runner', async () => {
    const workspace = tempFolder();
    git(workspace, 'init', '--quiet');
    writeFiles(workspace, { '::warning::x': `${token}\n` });
    const { log, errors } = await run(workspace, { path: '::warning::x\n::warning::nowhere' });
    const shown = log.split('\n');
    const key = shown.find((line) => line.startsWith('::stop-commands::'))?.slice('::stop-commands::'.length);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    const stopped = log.slice(log.indexOf(`::stop-commands::${key}\n`), log.indexOf(`\n::${key}::\n`));
    expect(stopped).toContain('\n  ::warning::x:1:1  ');
    expect(stopped).toContain('::warning::nowhere: no such file or folder');
    expect(log.split('::warning::')).toHaveLength(stopped.split('::warning::').length);
    expect(errors).toBe('');
    // The key cannot be known beforehand.
    expect((await run(workspace)).log).not.toContain(key);
  });

  it('mode diff: what the pull request adds, and not what was there', async () => {
    const workspace = leaky();
    const base = git(workspace, 'rev-parse', 'HEAD').trim();
    const event = (head: string): Record<string, string> => {
      const path = join(tempFolder(), 'event.json');
      const repository = { default_branch: 'main' };
      writeFileSync(
        path,
        JSON.stringify({ repository, pull_request: { base: { sha: base }, head: { sha: head, ref: 'topic' } } }),
      );
      return { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_SHA: head, GITHUB_EVENT_PATH: path };
    };
    git(workspace, 'commit', '-qm', 'nothing', '--allow-empty');
    const env = event(git(workspace, 'rev-parse', 'HEAD').trim());
    expect((await run(workspace, { mode: 'diff' }, { env })).code).toBe(0);
    writeFiles(workspace, { 'new.env': `A=${mint('deploy', new Random(3))} # glaive:allow a fixture\n` });
    git(workspace, 'add', '.');
    git(workspace, 'commit', '-qm', 'accepted by itself');
    const later = event(git(workspace, 'rev-parse', 'HEAD').trim());
    expect((await run(workspace, { mode: 'diff' }, { env: later })).code).toBe(0);
    expect((await run(workspace, { mode: 'diff', 'new-suppressions': 'fail' }, { env: later })).code).toBe(1);
  });

  it('mode history: a token that is in no file any more', async () => {
    const workspace = leaky();
    git(workspace, 'rm', '-q', 'config.env');
    git(workspace, 'commit', '-qm', 'gone');
    expect((await run(workspace)).code).toBe(0);
    const { code, outputs } = await run(workspace, { mode: 'history' });
    expect(outputs).toBe('sarif-path=glaive.sarif\nexit-code=1\n');
    expect(code).toBe(1);
  });

  it('writes the summary of the job, and none where none is wanted', async () => {
    const summary = join(tempFolder(), 'summary');
    writeFileSync(summary, '');
    await run(leaky(), { summary: 'false' }, { env: { GITHUB_STEP_SUMMARY: summary } });
    expect(readFileSync(summary, 'utf8')).toBe('');
    await run(leaky(), {}, { env: { GITHUB_STEP_SUMMARY: summary } });
    expect(readFileSync(summary, 'utf8')).toContain('### glaive: 1 finding in 1 place');
    expect(readFileSync(summary, 'utf8')).not.toContain(token);
  });

  it('connects to no server that is not named', async () => {
    const workspace = leaky();
    expect((await run(workspace, { verify: 'true' })).log).toContain('--gitlab-url');
    expect((await run(workspace, { verify: 'true' })).code).toBe(2);
    const { code, log } = await run(workspace, { verify: 'true', 'gitlab-url': 'http://127.0.0.1:9' });
    expect(log).toContain('127.0.0.1:9');
    expect(code).toBe(2);
    expect((await run(workspace, { mode: 'everything' })).log).toContain(
      '::error title=glaive::The input mode must be',
    );
  });

  it('says which Node it needs when the one that is there is too old', async () => {
    const bin = tempFolder();
    // Node itself, made to believe that it is another version.
    const asVersion = (version: string): void => {
      const preload = join(bin, 'version.cjs');
      writeFileSync(preload, `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`);
      const stub = `[ "$1" = --version ] && echo v${version} && exit 0`;
      const real = `exec '${process.execPath}' -r '${preload}' "$@"`;
      writeFileSync(join(bin, 'node'), `#!/bin/sh\n${stub}\n${real}\n`, { mode: 0o755 });
    };
    const workspace = leaky();
    for (const version of ['18.20.0', '20.18.3', '19.99.0']) {
      asVersion(version);
      const { code, log } = await run(workspace, {}, { bin });
      expect(log).toContain(`::error title=glaive::glaive needs Node 20.19 or newer; this is v${version}.`);
      expect(code).toBe(2);
    }
    for (const version of ['20.19.0', '22.0.0', '24.1.0']) {
      asVersion(version);
      expect((await run(workspace, {}, { bin })).code, version).toBe(1);
    }
  });

  it('builds itself where dist/ is missing, and says so when that fails', async () => {
    const bin = tempFolder();
    const actionPath = tempFolder();
    const calls = join(actionPath, 'calls');
    // Replaces npm: `npm run build` makes what the real one makes.
    const npm = `#!/bin/sh\necho "$PWD $*" >> '${calls}'\n[ "$1" = run ] && cp -R '${DIST}' dist\nexit 0\n`;
    writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
    const workspace = leaky();
    expect((await run(workspace, {}, { bin, actionPath })).code).toBe(1);
    expect(readFileSync(calls, 'utf8')).toBe(`${actionPath} ci --ignore-scripts\n${actionPath} run build\n`);

    // With dist/ there, nothing is built.
    expect((await run(workspace, {}, { bin, actionPath })).code).toBe(1);
    expect(readFileSync(calls, 'utf8').split('\n')).toHaveLength(3);

    writeFileSync(join(bin, 'npm'), '#!/bin/sh\nexit 1\n');
    const { code, log } = await run(workspace, {}, { bin, actionPath: tempFolder() });
    expect(log).toContain('::error title=glaive::glaive could not be built.');
    expect(code).toBe(2);
  });

  it('runs the executable of the release if its checksum is right, and needs no Node for that', async () => {
    const program = `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`;
    const sum = createHash('sha256').update(program).digest('hex');
    const requests: string[] = [];
    const { url } = await listen((request, response) => {
      requests.push(request.url ?? '');
      response.end(program);
    });
    const workspace = leaky();
    const actionPath = tempFolder();
    const release = { RELEASE_URL: `${url}/v1`, SHA256_LINUX_X64: sum, SHA256_WINDOWS_X64: sum };
    // A Node that is too old.
    const bin = tempFolder();
    writeFileSync(join(bin, 'node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const on = (RUNNER_OS: string, RUNNER_ARCH: string, sums: Readonly<Record<string, string>> = {}): Promise<Ran> =>
      run(workspace, {}, { actionPath, bin, env: { ...release, RUNNER_OS, RUNNER_ARCH, ...sums } });
    expect(await on('Linux', 'X64')).toMatchObject({ code: 1, outputs: 'sarif-path=glaive.sarif\nexit-code=1\n' });
    expect((await on('Windows', 'X64')).code).toBe(1);
    expect(requests).toEqual(['/v1/glaive-linux-x64', '/v1/glaive-windows-x64.exe']);

    rmSync(join(workspace, 'glaive.sarif'));
    const wrong = await on('Linux', 'X64', { SHA256_LINUX_X64: '0'.repeat(64) });
    expect(wrong).toMatchObject({ code: 2, outputs: '' });
    expect(wrong.log).toContain(
      `::error title=glaive::${url}/v1/glaive-linux-x64 is not started: its checksum is ${sum}`,
    );
    // No executable for it: the action builds itself, for which this Node is too old.
    expect((await on('macOS', 'ARM64')).log).toContain('glaive needs Node 20.19 or newer');
  });

  it('gets glaive from where the input source says, as the jobs of GitLab do', async () => {
    const workspace = leaky();
    const actionPath = tempFolder();
    const source = async (text: string): Promise<Ran> => await run(workspace, { source: text }, { actionPath });
    expect((await source(CLI)).code).toBe(1);
    const { code, log } = await source(`${CLI}#sha256=${'0'.repeat(64)}`);
    expect(code).toBe(2);
    expect(log).toContain('is not started');
    expect((await source('registry.example.com/glaive:1.0')).log).toContain(
      '::error title=glaive::The input source must',
    );
    expect((await source('/x\n::warning::y')).log).toBe('::error title=glaive::The input source must be one line.\n');
  });

  it('gets it with the same lines as the component', () => {
    const linesOf = (text: string): string[] => {
      const [, between = ''] = /# The next lines are those of .*\n([^]*)# To here\./.exec(text) ?? [];
      return between.split('\n').map((line) => line.trim());
    };
    const ofAction = linesOf(script);
    expect(ofAction.length).toBeGreaterThan(20);
    expect(ofAction).toEqual(linesOf(readFileSync(join(root, 'templates', 'glaive.yml'), 'utf8')));
  });

  it('runs from a path with blanks', async () => {
    const actionPath = join(tempFolder(), 'an action');
    mkdirSync(join(actionPath, 'dist'), { recursive: true });
    cpSync(join(DIST, 'cli'), join(actionPath, 'dist', 'cli'), { recursive: true });
    expect((await run(leaky(), { 'sarif-file': 'my report.sarif' }, { actionPath })).outputs).toBe(
      'sarif-path=my report.sarif\nexit-code=1\n',
    );
  });
});
