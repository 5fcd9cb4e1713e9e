/** The documents say what the code does: the reference is fresh, command lines parse, links lead somewhere. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REFERENCE, renderReference, completeManifest } from '../scripts/docs.ts';
import { manPages } from '../scripts/man.ts';
import { readBuiltinRules } from '../scripts/builtin-rules.ts';
import { problemsOf, refusedWords, wordProblems } from '../scripts/words.ts';
import { completionScript, SHELLS } from '../src/cli/args/completion-script.ts';
import { type Command, COMMANDS, type CommandName } from '../src/cli/args/command-table.ts';
import { type Flag, type FlagName, FLAGS, flagsOf } from '../src/cli/args/flags.ts';
import { commandHelp, flagSynopsis, generalHelp, SCREEN_LINES, shortHelp } from '../src/cli/args/help.ts';
import { readArgs } from '../src/cli/args/parse.ts';
import { CHECKS } from '../src/model/rule.ts';
import { RISKS } from '../src/model/severity.ts';
import { FORMATS } from '../src/report/index.ts';
import { checkedLines } from '../src/report/messages.ts';
import { expandExample, seededRandom } from '../src/rules/examples.ts';
import { find } from './support/find.ts';
import { FLOORS } from './support/floors.ts';
import { wrongPaths, wrongTests } from './support/named-paths.ts';
import { Random, routableToken } from './support/mint.ts';
import { glaive } from './support/run-cli.ts';
import { tempFolder, writeFiles } from './support/temp-folder.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const commands = Object.entries(COMMANDS) as [CommandName, Command][]; // the table's own keys
const flagNames = Object.keys(FLAGS) as FlagName[]; // likewise

/** Every Markdown file of the repository, relative to its root. */
const documents = (function list(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', '.cache', '.git', 'coverage', 'release'].includes(entry.name) ? [] : list(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
})('.');

/** Blocks of code of a Markdown text, by their language. */
function blocksOf(text: string, ...languages: string[]): string[] {
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, , language]) => languages.includes(language!))
    .map(([, , , code]) => code!);
}

/** A Markdown text without its blocks of code. */
const proseOf = (text: string): string => text.replace(/^( *)```\w*\n[\s\S]*?^ *```$/gm, '');

/** The texts in backquotes in a Markdown text. */
const spansOf = (text: string): string[] =>
  [...proseOf(text).matchAll(/`([^`]+)`/g)].map((match) => match[1]!.replace(/\s+/g, ' '));

it('the documents are there', () => {
  expect(documents).toEqual(
    expect.arrayContaining([
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
      'docs/reference.md',
      'rules/README.md',
    ]),
  );
});

describe('the reference', () => {
  it('is what `npm run docs` writes', () => {
    expect(read(REFERENCE), 'run: npm run docs').toBe(renderReference(readBuiltinRules(root)));
  });

  it('has every command, flag, format and rule', () => {
    const text = read(REFERENCE);
    for (const [name] of commands) expect(text).toContain(`\n### glaive ${name}\n`);
    for (const name of flagNames) expect(text).toContain(`${flagSynopsis(name, FLAGS[name])}\``);
    for (const name of Object.keys(FORMATS)) expect(text).toContain(`\n| \`${name}\` |`);
    for (const { id } of readBuiltinRules(root)) expect(text).toContain(`\n| \`${id}\` |`);
  });
});

describe('help', () => {
  it('names every command, and every flag that belongs to none', () => {
    const used = new Set(commands.flatMap(([name]) => flagsOf(name).map(([flag]) => flag)));
    for (const [name, { summary }] of commands)
      expect(generalHelp(120)).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
    for (const name of flagNames) if (!used.has(name)) expect(generalHelp(80)).toContain(`--${name}`);
  });

  it.each(commands)('of %s names its flags and their choices', (name, command) => {
    const text = commandHelp(name, 80);
    const lines = text.split('\n');
    for (const [flag, spec] of flagsOf(name)) {
      expect(lines).toContain(`  ${flagSynopsis(flag, spec)}`);
      if (spec.choices !== undefined) expect(text.replace(/\s+/g, ' ')).toContain(` ${spec.choices.join(' | ')} `);
    }
    for (const [line] of command.examples) expect(lines).toContain(`  ${line}`);
  });

  it.each(commands)('of %s fits on a screen after -h, and breaks no word', (name, command) => {
    const short = shortHelp(name, 80).trimEnd().split('\n');
    expect(short.length).toBeLessThanOrEqual(SCREEN_LINES);
    expect(short).toContain(`Usage: glaive ${name} ${command.args}`.trimEnd());
    expect(short).toContain(`glaive help ${name} lists all flags.`);
    const examples = new Set(command.examples.map(([line]) => `  ${line}`));
    for (const line of [...short, ...commandHelp(name, 80).split('\n')])
      if (!examples.has(line)) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('man pages', () => {
  const pages = [...manPages()];
  const run = (program: string, args: readonly string[], page: string) =>
    spawnSync(program, args, { input: page, encoding: 'utf8' });
  const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

  it('and addresses are in the manifest of the package: npm run docs', () => {
    expect(read('package.json')).toBe(completeManifest(read('package.json')));
  });

  it.each(pages)('%s has plain text and no request by accident', (_, page) => {
    for (const line of page.split('\n')) {
      expect(line).toMatch(/^[ -~]*$/);
      if (/^[.']/.test(line)) expect(line).toMatch(/^\.(?:TH|SH|SS|TP|PP|B|BR|I|RS|RE|nf|fi|nh|ad)\b/);
    }
  });

  it('describe every flag of a command', () => {
    for (const [name] of commands) {
      const page = manPages().get(`glaive-${name}.1`)!;
      for (const [flag] of flagsOf(name)) expect(page).toContain(`\\-\\-${flag.replaceAll('-', '\\-')}\\fR`);
    }
  });

  it.runIf(isInstalled('groff'))('groff has no warning, and shows what can be copied', () => {
    for (const [name, page] of pages) {
      const { stdout, stderr } = run('groff', ['-man', '-Tutf8', '-ww', '-P-cbou'], page);
      expect(stderr, name).toBe('');
      if (name !== 'glaive-scan.1') continue;
      for (const [line] of COMMANDS.scan.examples) expect(stdout).toContain(line);
      expect(stdout).toContain('--min-confidence LEVEL');
    }
  });

  it.runIf(isInstalled('mandoc'))('mandoc has no warning but for the date, which they lack', () => {
    for (const [name, page] of pages)
      expect(run('mandoc', ['-Tlint', '-Wwarning'], page).stdout.replace(/^.*missing date.*\n/gm, ''), name).toBe('');
  });
});

describe.each(SHELLS)('completions for %s', (shell) => {
  const lines = completionScript(shell).split('\n');

  it.each(commands)('know %s, its flags, their choices and its words', (name, command) => {
    // bash and zsh have a line for each command, fish one for each flag.
    const own = lines.filter((line) =>
      shell === 'fish' ? line.includes(`__fish_seen_subcommand_from ${name}'`) : line.startsWith(`    ${name}) `),
    );
    expect(own.length).toBeGreaterThan(0);
    const text = own.join('\n');
    for (const [flag, { choices }] of flagsOf(name)) {
      if (shell === 'fish') expect(text).toMatch(new RegExp(` -l ${flag}( |$)`, 'm'));
      else expect(text).toMatch(new RegExp(`--${flag}[ '\\[]`));
      if (choices === undefined) continue;
      const said = shell === 'bash' ? lines.find((line) => line.startsWith(`    '${name} --${flag}') `)) : text;
      expect(said).toContain(choices.join(' '));
    }
    for (const word of command.words ?? []) expect(text).toMatch(new RegExp(`\\b${word}\\b`));
  });

  it('know every command', () => {
    for (const [name] of commands) expect(lines.join('\n')).toMatch(new RegExp(`[ ']${name}[ ':]`));
  });
});

/** Calls of glaive in a piece of shell: the words after the program's name. */
function callsIn(shell: string): string[][] {
  return shell
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/^\s*- /, '').replace(/(^|\s)#.*$/, ''))
    .flatMap((line) => line.split(/\||&&|;|<\(|\$\(|\)| \d?[<>](?!\()/))
    .map((part) => part.trim().split(/\s+/))
    .flatMap((words) => {
      const program = words[0] === 'node' ? 1 : 0;
      const isGlaive = /^(?:glaive|glaive\.cjs|main\.cjs)$/.test(basename(words[program] ?? ''));
      return isGlaive && words.length > program + 1 ? [words.slice(program + 1)] : [];
    });
}

/** Throws what glaive would say to these words. */
function parseWords(given: readonly string[]): void {
  const [command, ...args] = given[0] === '-C' ? given.slice(2) : given;
  if (args.length === 0 && ['--version', '-V', '--help', '-h'].includes(command!)) return;
  if (!Object.hasOwn(COMMANDS, command!)) throw new Error(`there is no command ${command}`);
  // A variable of the shell, or the name of a value as help has it, may be any value that the flag takes.
  const names = new Set(Object.values(FLAGS).map((flag: Flag) => flag.value));
  const words = args.map((word) => (names.has(word) ? '1' : word.replace(/\$\{?\w+\}?/g, '1').replaceAll('"', '')));
  const parsed = readArgs(command as CommandName, words); // checked above
  for (const value of parsed.values('output')) {
    const [, format] = /^([a-z]+)=/.exec(value) ?? [];
    const known = command === 'fleet' ? ['html', 'json', 'openmetrics'] : Object.keys(FORMATS);
    if (format !== undefined && !known.includes(format)) throw new Error(`there is no format ${format}`);
  }
}

describe('command lines', () => {
  it('callsIn finds them, and parseWords refuses what does not exist', () => {
    expect(callsIn('source <(glaive completions bash)')).toEqual([['completions', 'bash']]);
    expect(callsIn('a | glaive scan - # --not')).toEqual([['scan', '-']]);
    expect(callsIn('    - node tools/glaive.cjs scan -q > out && ./node_modules/.bin/glaive --version')).toEqual([
      ['scan', '-q'],
      ['--version'],
    ]);
    expect(callsIn('cd glaive\nnpm install ./glaive-0.1.0.tgz\ncp dist/glaive.cjs tools/glaive.cjs')).toEqual([]);
    expect(() => parseWords(['sacn'])).toThrow('no command');
    expect(() => parseWords(['scan', '--fromat', 'json'])).toThrow('unknown flag');
    expect(() => parseWords(['scan', '--format', 'yaml'])).toThrow('cannot be');
    expect(() => parseWords(['scan', '--output', 'yaml=x'])).toThrow('no format');
  });

  it.each(documents)('in %s: every command and flag exists', (path) => {
    const text = read(path);
    const shell = [...blocksOf(text, 'sh', 'yaml'), ...spansOf(text).filter((span) => span.startsWith('glaive '))];
    for (const words of shell.flatMap(callsIn)) {
      expect(() => parseWords(words), `glaive ${words.join(' ')}`).not.toThrow();
    }
    for (const span of spansOf(text)) {
      const flag = /^--?([a-z][a-z-]*)/.exec(span)?.[1];
      if (flag === undefined) continue;
      const shorts = flagNames.map((name) => (FLAGS[name] as Flag).short);
      expect([...flagNames, ...shorts], span).toContain(flag);
    }
  });

  it('are in the README or a document for users, for every command', () => {
    const text = documents
      .filter((path) => path === 'README.md' || (path.startsWith('docs/') && path !== REFERENCE))
      .map(read)
      .join('\n');
    const called = [...blocksOf(text, 'sh', 'yaml'), ...spansOf(text)].flatMap(callsIn).map(([command]) => command);
    expect(new Set(called)).toEqual(new Set([...commands.map(([name]) => name), '--version']));
  });

  it.each(commands)('in the examples of %s: every command and flag exists', (name, { examples }) => {
    for (const [line] of examples) {
      const calls = callsIn(line);
      expect(calls.map(([command]) => command)).toContain(name);
      for (const words of calls) expect(() => parseWords(words), line).not.toThrow();
    }
  });

  it('of npm are scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const path of documents) {
      const text = read(path);
      for (const [, name] of text.matchAll(/\bnpm run ([\w:-]+)/g)) expect(Object.keys(scripts), path).toContain(name);
    }
  });

  it('of the demo and the tests are in the README, as `.ci/run` runs them', () => {
    const blocks = blocksOf(read('README.md'), 'sh');
    expect(blocks).toEqual(expect.arrayContaining(['npm ci && npm run demo\n', 'npm ci && npm test\n']));
  });
});

/** The anchors that GitHub and GitLab make of headings. */
function anchorsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with the relative links of a document. */
function brokenLinks(path: string, text: string): string[] {
  const prose = proseOf(text).replace(/`[^`]*`/g, '');
  const targets = [
    ...prose.matchAll(/\]\(([^()\s]+)\)/g),
    ...prose.matchAll(/^\[[^\]]+\]: (\S+)/gm),
    ...prose.matchAll(/(?:href|src)="([^"]+)"/g),
  ].map((match) => match[1]!);
  return targets.filter((target) => {
    if (/^(?:https?|mailto):/.test(target)) return false;
    const [file, anchor] = target.split('#') as [string, string?];
    const aim = file === '' ? path : posix.join(dirname(path), file);
    if (!existsSync(join(root, aim))) return true;
    if (anchor === undefined) return false;
    return !statSync(join(root, aim)).isFile() || !anchorsOf(file === '' ? text : read(aim)).includes(anchor);
  });
}

describe('links', () => {
  it('brokenLinks sees what leads nowhere', () => {
    const text = '# A, `b` & c\n[1](README.md) [2](#a-b--c) [3](nowhere.md) [4](#nowhere) [5](README.md#nowhere)\n';
    expect(brokenLinks('SECURITY.md', text)).toEqual(['nowhere.md', '#nowhere', 'README.md#nowhere']);
  });

  it.each(documents)('in %s lead somewhere', (path) => {
    expect(brokenLinks(path, read(path))).toEqual([]);
  });
});

it.each(documents)('%s holds nothing token-shaped', async (path) => {
  expect(await find(read(path))).toEqual([]);
});

it('the README has at most 200 lines', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(200);
});

describe('the documents show what glaive prints', () => {
  const examples = [...blocksOf(read('README.md'), 'text'), ...blocksOf(read('docs/verify-revoke-rotate.md'), 'text')];

  it('for a finding', async () => {
    const token = routableToken(new Random(1), { prefix: 'glpat-', payload: { o: 1, u: 42 }, version: 'v1' });
    const cwd = tempFolder();
    writeFiles(cwd, { 'deploy/values.yml': `${'\n'.repeat(11)}  token: ${token}\n` });
    const { code, stdout } = await glaive(['scan'], { cwd });
    expect(code).toBe(1);
    expect(examples).toContain(stdout);
  });

  it('for an active token', () => {
    const note = 'This check counts as a use: GitLab now shows it as "last used", from your IP address.';
    expect(read('src/credentials/types/access-token.ts')).toContain(note);
    const lines = checkedLines({
      tokenStatus: { state: 'active' },
      verification: {
        host: 'gitlab.example.com',
        checkedAt: '2026-11-02T10:00:00.000Z',
        name: 'deploy',
        owner: { kind: 'human', name: 'jane' },
        scopes: ['api', 'read_user'],
        expiresAt: '2027-05-01',
        lastUsedAt: '2026-11-01T10:00:00.000Z',
        lastUsedIps: ['192.0.2.7'],
        reach: { groups: 3, projects: 12, isAtLeast: false },
        notes: [note],
      },
    });
    expect(examples).toContain(lines.map((line) => `      ${line}\n`).join(''));
  });
});

describe('words', () => {
  const contributing = read('CONTRIBUTING.md');
  it('of the glossary are those of the code', () => {
    const code = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(join('src', path)))
      .join('\n');
    const [glossary] = /^\| Term[\s\S]*?\n\n/m.exec(contributing)!;
    const terms = glossary.split('\n').flatMap((row) => spansOf(row.split('|')[1] ?? ''));
    expect(terms.length).toBeGreaterThan(30);
    for (const term of terms) expect(code, `${term} is in no file of src/`).toMatch(new RegExp(`\\b${term}\\b`));
  });

  it('are plain, in every file: `npm run words`', () => {
    expect(refusedWords(contributing).length).toBeGreaterThan(25);
    expect(wordProblems(root)).toEqual([]);
  });

  it.each([
    ['a.ts', "throw new Error('it bars that');", 1],
    ['a.ts', 'const goodFoo = createBars();', 2],
    ['a.md', 'A name that `bars`, "in foo".', 0],
    ['a.md', 'It bars Foo.', 2],
    ['a.ts', '/** The food of barstools. */', 0],
  ])('refused in %s: %s', (path, text, count) => {
    expect(problemsOf(path, text, ['foo', 'bars'])).toHaveLength(count);
  });
});

describe('paths and test commands', () => {
  it('wrongPaths and wrongTests find what does not exist', () => {
    const text =
      '`src/cli/` `src/nowhere.ts` `lib/glob.ts` `src/report/NAME.ts` `src/nowhere/NAME.ts` `rules/*.toml` `rules/*.yml`\n' +
      '| `cli/` | `args/`, `arguments/` |\n`glaive diff` `a`';
    expect(wrongPaths(text, root)).toEqual(['src/nowhere.ts', 'src/nowhere/NAME.ts', 'rules/*.yml', 'arguments/']);
    const shell = 'npx vitest run test/unit/rules test/unit/ruleset\nnpx vitest run test/unit/NAME.test.ts';
    expect(wrongTests(shell, root)).toEqual(['test/unit/ruleset']);
  });

  it.each(['CONTRIBUTING.md', 'ARCHITECTURE.md', 'SECURITY.md', 'PERFORMANCE.md', 'rules/README.md'])(
    'in %s: every one exists',
    (path) => {
      const text = read(path);
      expect(wrongPaths(proseOf(text), root)).toEqual([]);
      expect(wrongTests(text, root)).toEqual([]);
    },
  );
});

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md');

  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isFile() || readdirSync(join(root, 'src', entry.name)).length > 0)
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));

  it('is short', () => {
    expect(text.split(/\s+/).length).toBeLessThanOrEqual(2500);
  });

  it('explains every room of src/, and no other', () => {
    const explained = [...text.matchAll(/^\| `([\w-]+(?:\/|\.c?ts|\.cjs))` +\|/gm)].map((match) => match[1]!);
    expect(explained.toSorted()).toEqual(rooms.toSorted());
  });

  it('draws the floors that the imports are held against', () => {
    const drawing = blocksOf(text, 'text').find((block) => block.includes('cli/'))!;
    const drawn = drawing.split(/^ *\|$/m).map((floor) => floor.match(/(?<=^| )[\w-]+(?:\/|\.c?[tj]s)(?= |$)/gm) ?? []);
    const floors = FLOORS.map((floor) => floor.map((room) => (room.includes('.') ? room : `${room}/`)));
    // The guard and the loaders run before anything else, and import nothing.
    expect(drawn).toEqual([[...floors[0]!, 'guard.cjs', 'loader.cjs', 'executable.cjs'], ...floors.slice(1)]);
  });

  it('names for every package the files that know it', () => {
    const named = new Map(
      [...text.matchAll(/^\| `(?:@types\/)?([@\w/-]+)` +\| \[[^\]]+\]\((src\/[^)]+)\)/gm)].map(([, name, file]) => [
        name!,
        file!,
      ]),
    );
    const owners = new Map<string, Set<string>>();
    for (const path of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.ts') || path.endsWith('.d.ts')) continue;
      const file = posix.join('src', path.replaceAll('\\', '/'));
      for (const [, name] of read(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([a-z@][\w/-]*)'/g)) {
        const owner = /^(?:@[^/]+\/)?[^/]+/.exec(name!)![0]; // the pattern has it
        owners.set(owner, (owners.get(owner) ?? new Set()).add(file));
      }
    }
    expect([...named.keys()].toSorted()).toEqual([...owners.keys()].toSorted());
    // Schemas are in several files; one of them is named.
    for (const [name, file] of named) expect([...owners.get(name)!], name).toContain(file);
  });

  it('names every development package', () => {
    const { devDependencies, ...others } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    for (const name of Object.keys(devDependencies!)) expect(text, 'say what it is for').toContain(`\`${name}\``);
    expect(others['dependencies'], 'it says that there are none').toBeUndefined();
  });
});

describe('rules/README.md', () => {
  const text = read('rules/README.md');
  const builtin = readdirSync(join(root, 'rules'))
    .filter((name) => name.endsWith('.toml'))
    .map((name) => read(`rules/${name}`))
    .join('\n');
  const [example] = blocksOf(text, 'toml');
  /** The first cells in the rows of its tables. */
  const rows = [...text.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]!);

  it('has an example that passes `glaive rules test`', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'example.toml'), example!);
    const { code, stdout, stderr } = await glaive(['rules', 'test', 'example.toml'], { cwd: folder });
    expect(stderr).toBe('');
    expect(stdout).toBe('1 rule, 5 examples: 5 passed, 0 failed\n');
    expect(code).toBe(0);

    // And the test would know if it did not.
    writeFileSync(join(folder, 'worse.toml'), example!.replace('[0-9a-f]{32}', '[0-9a-f]{31}'));
    expect((await glaive(['rules', 'test', 'worse.toml'], { cwd: folder })).code).toBe(2);
  });

  it('explains every key that the built-in rules use, and no other', () => {
    const isKey = (row: string): boolean => /^[a-z_]+$/.test(row) && !(CHECKS as readonly string[]).includes(row);
    const keys = [...builtin.matchAll(/^([a-z_]+) = /gm), ...builtin.matchAll(/^\[\[(?:rule\.)?([a-z]+)\]\]$/gm)];
    expect(new Set(rows.filter(isKey))).toEqual(new Set(keys.map((match) => match[1]!)));
  });

  it('explains every check and every risk', () => {
    for (const check of CHECKS) expect(rows).toContain(check);
    for (const risk of RISKS) expect(text).toContain(`\`${risk}\``);
  });

  it('explains every part that a template may have, and no other', () => {
    const nameOf = (part: string): string => /^\{([a-z0-9]+)/.exec(part)![1]!;
    const parts = rows.filter((row) => row.startsWith('{'));
    for (const part of parts) expect(expandExample(part, seededRandom(1)).text, part).not.toContain('{');
    const used = [...builtin.matchAll(/\{([a-z0-9]+)(?::[^{}']*)?\}/g)].map(([part]) => part);
    const known = used.filter((part) => expandExample(part, seededRandom(1)).text !== part).map(nameOf);
    expect(parts.map(nameOf)).toEqual(expect.arrayContaining([...new Set(known)]));
  });
});
