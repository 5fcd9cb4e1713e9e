/** Every command in the README and in docs/ does what it says: each is run, or says here why it cannot be. */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseToml } from 'smol-toml';
import { parse, parseAllDocuments } from 'yaml';
import { type Block, blocksIn, commandsIn } from '../support/documented.ts';
import { fillTemplate, openWorld } from '../support/documented-world.ts';
import { DIST } from '../support/run-cli.ts';
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
  [/^glaive upgrade --check$/, 'asks a server; test/e2e/upgrade.test.ts has one on loopback'],
  [/^glaive triage /, 'asks on a terminal of a certain size; its own tests have one'],
  [/^glaive explain(?: --verify .*)?$/, 'asks for a token on a terminal'],
  [/^glaive triage /, 'asks on a terminal: test/e2e/triage.test.ts'],
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
  const [{ code }] = shellBlocks('docs/server.md').filter((block) => block.code.startsWith('#!')) as [Block];

  it('prints new leaks once, with the repository, and its exit code is the worst of all', async () => {
    const { run, path } = await openWorld(template);
    writeFileSync(path('project', 'glaive-sweep'), code, { mode: 0o755 });
    const sweep = './glaive-sweep /srv/git /var/lib/sweep';
    git(path('srv/git'), 'init', '--quiet', '--bare', 'empty and odd.git');
    const first = await run(sweep);
    expect([first.code, first.stderr]).toEqual([1, '']);
    expect(first.stdout).toMatch(/^\n== .*\/srv\/git\/project\.git \(exit code 1\)\n/);
    expect(first.stdout).toContain('config/deploy.yml:12');
    expect(first.stdout).not.toContain('odd.git');
    // Only repositories with a leak or a gap have a page and a report.
    const reports = readdirSync(path('var/lib/sweep/json'));
    expect(reports.map((name) => name.replace(/-\d{4}-\d\d-\d\d/, ''))).toEqual([
      'project.git.html',
      'project.git.json',
    ]);
    const [page, report] = reports.map((name) => path('var/lib/sweep/json', name)) as [string, string];
    expect(first.stdout).toContain('html: ');
    expect(statSync(report).mode & 0o077).toBe(0);
    // A night without news leaves those of the leak.
    expect(await run(sweep)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(page, 'utf8')).toContain('config/deploy.yml');
    expect(readFileSync(report, 'utf8')).toContain('config/deploy.yml');

    writeFileSync(path('srv/git/project.git/HEAD'), 'nothing\n');
    const broken = await run(sweep);
    expect(broken.code).toBe(2);
    expect(broken.stdout).toContain('(exit code 2)');
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
