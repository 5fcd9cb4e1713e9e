/** Every command in the README and in docs/ does what it says: each is run, or says here why it cannot be. */

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse as parseToml } from 'smol-toml';
import { parse, parseAllDocuments } from 'yaml';
import { type Block, blocksIn, commandsIn } from '../support/documented.ts';
import { fillTemplate, openWorld, type World } from '../support/documented-world.ts';
import { CLI, DIST } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { git } from '../support/temp-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Those for users, without the ones that are generated or have no commands to run. */
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md') && !['reference.md', 'gitlab-endpoints.md'].includes(name))
    .map((name) => join('docs', name)),
];
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Commands that are not run here, and why. `test/docs.test.ts` tests that their commands and flags exist. */
const NOT_RUN: readonly (readonly [command: RegExp, reason: string])[] = [
  [
    /^npm |^npx |^curl -fL|^chmod \+x glaive$|^sudo mv |^minisign |^sha256sum /,
    'installs glaive, or checks what was downloaded: npm run try-install does, from the files of a release',
  ],
  [/^docker /, 'needs a container runtime; test/system/image.test.ts reads the Dockerfile'],
  [/^skopeo |^sudo apt /, 'needs root and a registry: npm run try-install -- image debian'],
  [/^sudo systemctl /, 'needs systemd'],
  [/^glaive fleet .* \|\s+parallel /, 'needs GNU parallel: test/system/fleet/engines.test.ts'],
  [/--queue env/, 'needs a server of queues: test/system/fleet/engines.test.ts'],
  [/^glaive fleet plan .*--gitlab-url/, 'needs a GitLab: test/e2e/fleet/'],
  [/^glaive upgrade --check$/, 'asks a server; test/e2e/upgrade.test.ts has one on loopback'],
  [/^glaive triage /, 'asks on a terminal of a certain size; its own tests have one'],
  [/^glaive explain(?: --verify .*)?$/, 'asks for a token on a terminal'],
  [/^glaive triage /, 'asks on a terminal: test/e2e/triage.test.ts'],
  [/ --notify mail:/, 'sends a mail: test/e2e/fleet-notify.test.ts'],
  [
    /^glaive fleet (?:merge|status) --store fleet --(?:output|format)/,
    'follows a sweep that another block has made: test/e2e/fleet-outputs.test.ts',
  ],
];

/** What the user answers on a terminal. */
const ANSWERS: readonly (readonly [command: RegExp, flag: string])[] = [
  [/^glaive (?:init|baseline|revoke|rotate|logs .*--erase)\b(?!.*(?:--dry-run|--yes|--vault))/, '--yes'],
];

const template = mkdtempSync(join(tmpdir(), 'glaive-documented-'));
beforeAll(async () => await fillTemplate(template));
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** Runs the commands of a block one by one in a new world, and fails with the first that neither is clean nor has findings. */
async function runBlock(code: string): Promise<void> {
  const world = await openWorld(template);
  const variables: string[] = [];
  for (const command of commandsIn(code)) {
    if (NOT_RUN.some(([pattern]) => pattern.test(command))) continue;
    if (command.startsWith('export ')) {
      variables.push(command);
      continue;
    }
    const answer = ANSWERS.find(([pattern]) => pattern.test(command))?.[1];
    const ran = await world.run(answer === undefined ? command : `${command} ${answer}`, variables);
    expect([0, 1], `${command}\n${ran.stdout}${ran.stderr}`).toContain(ran.code);
  }
}

const shellBlocks = (path: string): Block[] => blocksIn(read(path)).filter(({ language }) => language === 'sh');

describe.each(DOCUMENTS.filter((path) => shellBlocks(path).length > 0))('%s', (path) => {
  it.each(shellBlocks(path).filter(({ code }) => !code.startsWith('#!')))(
    'the commands in line $line work',
    async ({ code }) => {
      await runBlock(code);
    },
  );
});

it.each([
  ['glaive scan --fromat json', 'unknown flag'],
  ['glaive scan nowhere.txt', 'nowhere.txt'],
  ['cat nowhere.json | glaive verify - --gitlab-url https://gitlab.example.com', 'nowhere.json'],
])('%s would fail', async (command, message) => {
  await expect(runBlock(command)).rejects.toThrow(message);
});

it('every pattern of the tables fits a command in the documents', () => {
  const commands = DOCUMENTS.flatMap(shellBlocks).flatMap(({ code }) => commandsIn(code));
  for (const [pattern] of [...NOT_RUN, ...ANSWERS])
    expect(
      commands.some((command) => pattern.test(command)),
      String(pattern),
    ).toBe(true);
});

/** All blocks of a language, with their documents. */
const blocksOf = (language: string): [where: string, code: string][] =>
  DOCUMENTS.flatMap((path) =>
    blocksIn(read(path)).flatMap((block): [string, string][] =>
      block.language === language ? [[`${path}:${block.line}`, block.code]] : [],
    ),
  );

/** Settings of editors; no test runs Helix. */
const isOfEditors = ([where]: readonly [string, string]): boolean => where.startsWith('docs/editors.md');

it.each([...blocksOf('toml').filter(isOfEditors), ...blocksOf('json')])('%s can be read', (_, code) => {
  expect(code.startsWith('{') ? JSON.parse(code) : parseToml(code)).toBeTypeOf('object');
});

it.each(blocksOf('toml').filter((block) => !isOfEditors(block)))(
  '%s is a configuration that glaive takes',
  async (_, code) => {
    const { run, path } = await openWorld(template);
    // The file that it names.
    copyFileSync(path('project', 'my-rules.toml'), path('project', 'glaive-rules.toml'));
    writeFileSync(path('project', '.glaive.toml'), code);
    const { code: exit, stderr } = await run('glaive scan');
    expect([0, 1], stderr).toContain(exit);
  },
);

describe.each(blocksOf('yaml'))('%s', (_, code) => {
  const document = parse(code) as Record<string, unknown>;

  it('is YAML, and includes files and inputs that there are', () => {
    expect(document).toBeTypeOf('object');
    const { spec } = parseAllDocuments(read('templates/glaive.yml'))[0]!.toJS() as {
      spec: { inputs: Record<string, Input> };
    };
    for (const { component, local, file, remote, inputs = {} } of (document['include'] ?? []) as Include[]) {
      // `glaive init` puts the template there.
      const named = component?.replace(/.*\/(.*)@.*/, '$1.yml');
      const path = (named ?? local ?? file ?? remote ?? '').replace(/^\.gitlab\/|.*(?=templates\/)/, '');
      if (path !== '') expect(existsSync(join(ROOT, 'templates', path.replace('templates/', ''))), path).toBe(true);
      for (const [name, value] of Object.entries(inputs)) {
        expect(Object.keys(spec.inputs)).toContain(name);
        const { options } = spec.inputs[name]!;
        if (options !== undefined) expect(options).toContain(value);
      }
    }
  });

  it('names only hooks that there are', () => {
    const known = (parse(read('.pre-commit-hooks.yaml')) as { id: string }[]).map(({ id }) => id);
    for (const { hooks } of (document['repos'] ?? []) as { hooks: { id: string }[] }[])
      for (const { id } of hooks) expect(known).toContain(id);
  });
});

interface Input {
  readonly options?: readonly unknown[];
}

interface Include {
  readonly component?: string;
  readonly local?: string;
  readonly file?: string;
  readonly remote?: string;
  readonly inputs?: object;
}

it('the program in docs/library.md finds the leaks of its folder', async () => {
  const { path } = await openWorld(template);
  const [[, code]] = blocksOf('js') as [[string, string]];
  const installed = path('project', 'node_modules', 'glaive');
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  symlinkSync(DIST, join(installed, 'dist'));
  writeFileSync(path('project', 'program.mjs'), code);
  const ran = await runProgram(process.execPath, ['program.mjs'], { cwd: path('project') });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toContain('config/deploy.yml:12 gitlab_personal_access_token\n');
});

describe('the nightly sweep in docs/server.md', () => {
  const [service, timer] = blocksIn(read('docs/server.md')).filter(({ language }) => language === 'ini') as [
    Block,
    Block,
  ];
  /** The commands of the service, in order; a leading "-" is for a command that may fail. */
  const commands = [...service.code.matchAll(/^ExecStart(?:Pre)?=(-?)(.*)$/gm)].map(([, mayFail, command = '']) => ({
    mayFail: mayFail === '-',
    command,
  }));

  /** Runs the service as systemd would: until a command fails that may not. */
  async function night({ path }: World): Promise<{ readonly code: number | string; readonly stdout: string }> {
    let stdout = '';
    for (const { mayFail, command } of commands) {
      const real = command
        .replaceAll('/var/opt/gitlab/git-data/repositories', path('srv/git'))
        .replaceAll('/var/lib/glaive', path('var/lib/fleet'))
        .replace('/usr/bin/glaive', `${process.execPath} ${CLI}`)
        // No mail leaves a test; test/ has its own for that.
        .replace(/ --notify \S+/, '');
      const ran = await runProgram('sh', ['-c', real]);
      stdout += ran.stdout;
      if (ran.code !== 0 && !mayFail) return { code: ran.code, stdout };
    }
    return { code: 0, stdout };
  }

  it('fails with leaks that are open and with what cannot be read, and names them', async () => {
    const world = await openWorld(template);
    const { path } = world;
    mkdirSync(path('var/lib/fleet'), { mode: 0o700 });
    git(path('srv/git'), 'init', '--quiet', '--bare', 'empty and odd.git');
    const first = await night(world);
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('config/deploy.yml:12');
    writeFileSync(path('srv/git/project.git/HEAD'), 'nothing\n');
    const broken = await night(world);
    expect(broken.code).toBe(2);
    expect(broken.stdout).toContain('project.git');
  });

  it('does not go on with an old plan', async () => {
    const world = await openWorld(template);
    mkdirSync(world.path('var/lib/fleet'));
    await night(world);
    rmSync(world.path('srv/git'), { recursive: true });
    const { code, stdout } = await night(world);
    expect([code, stdout]).toEqual([1, '']);
  });

  it.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('its units are those of systemd', () => {
    const folder = mkdtempSync(join(tmpdir(), 'glaive-units-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const files = ['glaive-fleet.service', 'glaive-fleet.timer'].map((name) => join(folder, name));
    // It must exist.
    writeFileSync(files[0]!, service.code.replaceAll('/usr/bin/glaive', process.execPath));
    writeFileSync(files[1]!, timer.code);
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' });
    expect([status, stderr.split('\n').filter((line) => line.includes('glaive-fleet'))]).toEqual([0, []]);
  });
});

it('no block of code has a language that no test knows', () => {
  // Those of editors (lisp, lua), of systemd (ini), and comments in Python are read by no test here.
  const languages = DOCUMENTS.flatMap((path) => blocksIn(read(path)).map(({ language }) => language));
  expect([...new Set(languages)].toSorted()).toEqual([
    'ini',
    'js',
    'json',
    'lisp',
    'lua',
    'python',
    'sh',
    'text',
    'toml',
    'yaml',
  ]);
});
