/**
 * Builds `dist/`: the command in chunks (it starts fastest) with the library among them, the command as a single file (for machines
 * without npm), the queue of fleets as another, the types of the library, the man pages, and the licences of everything that is bundled. The build itself is kept in `.cache/build/`
 * until a source file changes. The tests run it there, so that packing the package does not disturb them.
 */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { type CodeSplittingGroup, type OutputOptions, rolldown } from 'rolldown';
import { hashOf } from './cache.ts';
import { MAN_FOLDER, manPages } from './man.ts';

/** In the cache: the folders of the packages that are bundled, from the repository on. */
const BUNDLED = 'bundled.json';

/** The folders of the packages that the last build has bundled, as in `package-lock.json`. */
export function bundledPackages(root: string): readonly string[] {
  return JSON.parse(readFileSync(join(root, '.cache', 'build', BUNDLED), 'utf8')) as string[];
}

/** @param args `--cache-only` leaves `dist/` as it is */
export async function main(root: string, args: readonly string[] = []): Promise<void> {
  const cache = join(root, '.cache', 'build');
  const inputs = hashOf(inputsOf(root));
  const stamp = join(cache, 'inputs');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== inputs) {
    const draft = `${cache}-${process.pid}`;
    try {
      const packages = await build(root, join(draft, 'dist'));
      writeFileSync(join(draft, BUNDLED), JSON.stringify(packages, undefined, 2));
      writeFileSync(join(draft, 'inputs'), inputs);
      rmSync(cache, { recursive: true, force: true });
      renameSync(draft, cache);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  if (args.includes('--cache-only')) return;
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  cpSync(join(cache, 'dist'), dist, { recursive: true });
}

/** The path and content of every file that the build depends on. The lock file represents the packages. */
function inputsOf(root: string): string[][] {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const others = [
    'scripts/build.ts',
    'scripts/man.ts',
    ...Object.values(COMPILED_NOTICES),
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.types.json',
  ];
  return [...sources, ...others.map((name) => join(root, name))].map((path) => [path, readFileSync(path, 'utf8')]);
}

/** @returns the folders of the packages that are bundled */
async function build(root: string, dist: string): Promise<readonly string[]> {
  const packages = new Set<string>();

  const bundle = async (
    input: string | Record<string, string>,
    output: OutputOptions,
    external: readonly (string | RegExp)[] = [],
  ): Promise<void> => {
    const bundler = await rolldown({
      input:
        typeof input === 'string'
          ? join(root, input)
          : Object.fromEntries(Object.entries(input).map(([name, file]) => [name, join(root, file)])),
      platform: 'node',
      plugins: [piscinaPlugin()],
      external: ['@napi-rs/nice', ...external],
      logLevel: 'warn',
      preserveEntrySignatures: 'allow-extension',
    });
    const { output: files } = await bundler.write({
      // Names of functions and classes stay, for stack traces.
      minify: { mangle: { keepNames: true }, compress: true, codegen: true },
      ...output,
    });
    await bundler.close();
    for (const file of files) {
      if (file.type !== 'chunk') continue;
      for (const module of file.moduleIds) {
        const owner = /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)/.exec(module)?.[1];
        if (owner !== undefined) packages.add(owner);
      }
    }
  };

  await bundle(PROGRAMS, {
    format: 'cjs',
    dir: join(dist, 'cli'),
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    dynamicImportInCjs: false,
    codeSplitting: { includeDependenciesRecursively: false, groups: [fewChunks(root)] },
  });
  const guard = readFileSync(join(root, 'src', 'guard.cjs'), 'utf8');
  writeFileSync(join(dist, 'cli', 'main.cjs'), `#!/usr/bin/env node\n${guard}${loaderOf(root, join(dist, 'cli'))}`);
  await bundle(
    'src/main.ts',
    { format: 'cjs', file: join(dist, 'glaive.cjs'), codeSplitting: false, banner: guard },
    // Three megabytes for one command, which the single file omits.
    [/^recheck/],
  );
  await bundle(
    'src/fleet/queue/bundle.ts',
    { format: 'cjs', file: join(dist, 'glaive-fleet.cjs'), codeSplitting: false },
    // Faster parts of packages, in machine code, which work without them.
    ['pg-native', 'msgpackr-extract'],
  );
  chmodSync(join(dist, 'cli', 'main.cjs'), 0o755);
  chmodSync(join(dist, 'glaive.cjs'), 0o755);
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(root, 'tsconfig.types.json');
  execFileSync(process.execPath, [compiler, '-p', project, '--outDir', join(dist, 'types')], { stdio: 'inherit' });
  keepReachable(join(dist, 'types'), 'index.d.ts');
  writeModuleFaces(dist);
  mkdirSync(join(dist, MAN_FOLDER));
  for (const [name, text] of manPages()) writeFileSync(join(dist, MAN_FOLDER, name), text);
  // Their WebAssembly is in generated files, and no module of the packages is bundled.
  for (const name of Object.keys(COMPILED_NOTICES)) packages.add(join(root, 'node_modules', name));
  const bundled = [...packages].map((folder) => relative(root, folder).replaceAll('\\', '/')).toSorted();
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences(root, bundled));
  return bundled;
}

/** Files next to `main.cjs`, which starts the first. The last is piscina's own part of a thread. */
const PROGRAMS = {
  glaive: 'src/main.ts',
  library: 'src/index.ts',
  worker: 'src/scan/detector-thread.ts',
  'pack-thread': 'src/history/packs/pack-thread.ts',
  'piscina-worker': 'node_modules/piscina/dist/worker.js',
};

/**
 * The library for `import`: the same code as for `require`, by name. The types are those of CommonJS, which both can use; a folder says
 * with a manifest what its files are.
 */
function writeModuleFaces(dist: string): void {
  const names = Object.keys(createRequire(join(dist, 'cli', 'library.cjs'))('./library.cjs') as object);
  mkdirSync(join(dist, 'lib'));
  writeFileSync(
    join(dist, 'lib', 'index.js'),
    `import library from '../cli/library.cjs';\nexport const { ${names.join(', ')} } = library;\n`,
  );
  writeFileSync(join(dist, 'lib', 'index.d.ts'), "export * from '../types/index.js';\n");
  writeFileSync(join(dist, 'types', 'package.json'), '{"type":"commonjs"}\n');
}

/** piscina expects its part of a thread next to itself; after bundling it is elsewhere. */
function piscinaPlugin() {
  const before = "(__dirname, 'worker.js')";
  return {
    name: 'glaive-piscina',
    transform(text: string, id: string): string | undefined {
      if (!/[/\\]piscina[/\\]dist[/\\]index\.js$/.test(id)) return undefined;
      if (!text.includes(before)) throw new Error('piscina has changed: where does it quick for its worker?');
      return text.replace(before, "(__dirname, 'piscina-worker.cjs')");
    },
  };
}

/**
 * The loader of the command, with the names of the chunks that a hook needs. Those of the quick check are in `quick.cjs` as well, one function each: a
 * file more takes half a millisecond.
 */
function loaderOf(root: string, folder: string): string {
  // Sorted, because the order of a folder is that of the file system.
  const found = (pattern: RegExp): string[] =>
    readdirSync(folder)
      .filter((name) => pattern.test(name))
      .toSorted();
  const quick = found(/^(?:glaive\.|(?:rolldown-runtime|base|quick)-)/);
  const rest = found(/^(?:start|gate)-/);
  const texts = [...quick, ...rest].map((name) => {
    const file = join(folder, name);
    const text = inAscii(readFileSync(file, 'utf8').replace(/^#!.*/, '')); // only the start of a program may have that line
    writeFileSync(file, text);
    return text;
  });
  const functions = quick.map(
    (name, index) => `"${name}":function(exports,require,module,__filename,__dirname){${texts[index]}\n}`,
  );
  writeFileSync(join(folder, 'quick.cjs'), `({${functions.join(',\n')}})`);
  return readFileSync(join(root, 'src', 'loader.cjs'), 'utf8')
    .replace('%BUILD%', hashOf([quick, rest, texts]))
    .replace('%QUICK%', quick.join(' '))
    .replace('%REST%', rest.join(' '));
}

/** The loader reads its chunks byte by byte, and V8 keeps other text in twice the memory. */
function inAscii(code: string): string {
  const raw = /String\.raw`[^`]*[^\0-\x7f]/.exec(code);
  if (raw !== null) throw new Error(`raw text cannot be written in ASCII: ${raw[0]}`);
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Each of these modules with what it imports is one chunk, because finding a file costs more than reading it: the quick check of a commit,
 * what every command needs, and what a commit hook needs in addition. What more than one of the first two needs is in `base`, which
 * is loaded by every run.
 */
const HOT = {
  base: ['src/cli/run.ts'],
  quick: ['src/cli/quick-check.ts'],
  // What a help text and a blocked commit share: in the chunk of the latter, help would load all of that.
  start: ['src/cli/dispatch.ts', 'src/lib/wrap.ts'],
  gate: ['src/cli/commands/hook.ts', 'src/cli/commands/staged.ts'],
} as const;

function fewChunks(root: string): CodeSplittingGroup {
  let chunks: ReadonlyMap<string, string> | undefined;
  return {
    debugName: 'hot',
    name(id, context) {
      chunks ??= chunkOf(root, (module) => context.getModuleInfo(module)?.importedIds ?? []);
      return chunks.get(id) ?? null;
    },
  };
}

/** The chunk of each hot module. */
function chunkOf(root: string, importsOf: (module: string) => readonly string[]): ReadonlyMap<string, string> {
  const chunks = new Map<string, string>();
  const enter = (module: string, chunk: keyof typeof HOT, seen: Set<string>): void => {
    if (seen.has(module)) return;
    seen.add(module);
    const known = chunks.get(module);
    if (known === undefined) chunks.set(module, chunk);
    else if (known === 'quick' && chunk === 'start') chunks.set(module, 'base');
    for (const imported of importsOf(module)) enter(imported, chunk, seen);
  };
  for (const [chunk, modules] of Object.entries(HOT))
    for (const module of modules) enter(join(root, module), chunk as keyof typeof HOT, new Set());
  return chunks;
}

/** Files with the notices of what packages were compiled from, by package. */
export const COMPILED_NOTICES: Readonly<Record<string, string>> = {
  'libarchive-wasm': 'scripts/libarchive-licences.txt',
  zstddec: 'scripts/zstd-licence.txt',
};

function licences(root: string, folders: readonly string[]): string {
  const texts = folders.map((relativeFolder) => {
    const folder = join(root, relativeFolder);
    const {
      name = '',
      version: release,
      license,
    } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    const file = readdirSync(folder)
      .toSorted()
      .find((entry) => /^licen[cs]e/i.test(entry));
    const own = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8').trim();
    const compiled = COMPILED_NOTICES[name];
    const text = compiled === undefined ? own : `${own}\n\n${readFileSync(join(root, compiled), 'utf8').trim()}`;
    return `${name} ${release}\n\n${text}\n`;
  });
  return `glaive bundles these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Removes the declarations that no public declaration leads to. */
function keepReachable(folder: string, first: string): void {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    const text = readFileSync(path, 'utf8');
    for (const [, name] of text.matchAll(/(?:from |import\()'(\.[^']*)\.ts'/g))
      visit(resolve(dirname(path), `${name}.d.ts`));
  };
  visit(join(folder, first));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !reached.has(path)) rmSync(path);
  }
}
