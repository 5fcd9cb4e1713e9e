/**
 * Finds and reads the configuration: the file of the user, then that of the repository, `.glaive.toml` in the nearest folder at
 * or above the working directory, up to the root of the work tree. Broken configuration is an error, never ignored.
 */

import { basename, dirname, relative, resolve, sep } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { nameOnDisk } from '../lib/name-on-disk.ts';
import { type ReadBounds, readOptionalFile } from '../lib/optional-file.ts';
import { problemOfPatterns } from '../lib/path-patterns.ts';
import { shownPath } from '../lib/shown-path.ts';
import { UnfitFile } from '../lib/unfit-file.ts';
import { isInside } from '../lib/inside.ts';
import { GlaiveError } from '../model/errors.ts';
import { type Config, EMPTY_CONFIG, mergeConfig } from './config.ts';
import { configPaths, userFile } from './places.ts';
import type { ConfigFile } from './schema.ts';

export interface ConfigOptions {
  readonly cwd: string;
  /** The root of the work tree around `cwd`; undefined outside git. */
  readonly root: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A file named by `--config`; it replaces that of the repository. */
  readonly named: string | undefined;
  /** Reads files of the repository; default: from the disk. */
  readonly read?: ReadText;
  /** Reads files that the user names, which may be pipes. */
  readonly readNamed: ReadNamed;
}

/** The text of a file, by its absolute path; undefined if it does not exist. */
export type ReadText = (path: string) => string | undefined | Promise<string | undefined>;

/** The same for a file of at most `max` bytes. */
export type ReadNamed = (path: string, max: number) => string | undefined | Promise<string | undefined>;

/** Reads files of a repository. A link may lead to another file of the repository, and nowhere else. */
export function repositoryFile(base: string, bounds: Pick<ReadBounds, 'max'> = {}): ReadText {
  return (path) => {
    const text = readOptionalFile(path, { ...bounds, within: base });
    const name = text === undefined ? basename(path) : nameOnDisk(path);
    if (name !== basename(path))
      throw new GlaiveError('config', `${name} is read on this disk, and not on one that distinguishes case`, {
        hint: `Rename it: ${basename(path)}`,
      });
    return text;
  };
}

/** The hint for a file that is not read. */
export const UNFIT_HINT =
  'It must be a regular file of the repository; name another by flag, or in your own configuration.';

/** @throws GlaiveError (`config`) that names file, line, key and what was expected */
export async function loadConfig(options: ConfigOptions): Promise<Config> {
  const base = options.root ?? options.cwd;
  const own = userFile(options.env);
  const user = own === undefined ? undefined : await readOrRefuse(own, readOptionalFile);
  const theirs =
    options.named === undefined
      ? await findUpwards(options.cwd, base, options.read ?? repositoryFile(base))
      : await readFileNamed(resolve(options.cwd, options.named), base, options);
  return mergeConfig(
    own === undefined || user === undefined ? EMPTY_CONFIG : await readConfig(own, user, base, true),
    theirs === undefined ? EMPTY_CONFIG : await readConfig(theirs.path, theirs.text, base, false),
  );
}

interface FileText {
  readonly path: string;
  readonly text: string;
}

async function findUpwards(cwd: string, base: string, read: ReadText): Promise<FileText | undefined> {
  for (const path of configPaths(cwd, base)) {
    const text = await readOrRefuse(path, read);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Paths of the repository that may hold its configuration. */
export function configFiles({ cwd, root, named }: Pick<ConfigOptions, 'cwd' | 'root' | 'named'>): string[] {
  const base = root ?? cwd;
  if (named === undefined) return configPaths(cwd, base);
  return isInside(named, base) ? [named] : [];
}

/** A file named by `--config`. If it is in the repository and an earlier state is read, it need not exist. */
async function readFileNamed(path: string, base: string, options: ConfigOptions): Promise<FileText | undefined> {
  const before = isInside(path, base) ? options.read : undefined;
  const text = await readOrRefuse(path, before ?? ((named) => options.readNamed(named, NAMED_MAX)));
  if (text !== undefined) return { path, text };
  if (before !== undefined) return undefined;
  throw new GlaiveError('config', `${path}: no such file`, { hint: 'Check the path given to --config.' });
}

/** Bytes. */
const NAMED_MAX = 8 * 1024 * 1024;

async function readOrRefuse(path: string, read: ReadText): Promise<string | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof GlaiveError) throw error;
    const hint = 'Make it readable for this user. If it belongs to another user, set HOME (or XDG_CONFIG_HOME).';
    throw new GlaiveError('config', `cannot read ${path}: ${fsErrorMessage(error)}`, {
      hint: error instanceof UnfitFile ? UNFIT_HINT : hint,
      cause: error,
    });
  }
}

async function readConfig(path: string, text: string, base: string, usersOwn: boolean): Promise<Config> {
  // Loaded only if there is a file: most runs have none, and a hook must start fast.
  const [{ lineOfKey, linesOfKeys, parseToml }, { checkConfig, usersOwnKey }] = await Promise.all([
    import('../lib/toml.ts'),
    import('./schema.ts'),
  ]);
  const shown = path.startsWith(base + sep) ? shownPath(base, path) : path;
  const refuse = (key: string, message: string, hint: string): never => {
    const line = key === '' ? undefined : lineOfKey(text, key);
    throw new GlaiveError(
      'config',
      `${shown}${line === undefined ? '' : `:${line}`}: ${key === '' ? '' : `${key}: `}${message}`,
      { hint },
    );
  };
  const parsed = parseToml(text);
  if (!parsed.ok) {
    throw new GlaiveError('config', `${shown}:${parsed.line}:${parsed.column}: ${parsed.message}`, {
      hint: 'It must be TOML 1.0.',
    });
  }
  const foreign = usersOwn ? undefined : usersOwnKey(parsed.value);
  if (foreign !== undefined) {
    refuse(
      foreign,
      'not allowed in a repository: only the user decides where secrets are sent, and with which credentials',
      'Remove it, and set it by flag, environment, or in your own configuration (~/.config/glaive/config.toml).',
    );
  }
  const checked = checkConfig(parsed.value);
  if (!checked.ok)
    return refuse(checked.key, checked.message, 'The .glaive.toml that glaive init writes lists every key.');
  const { scan, allow = [] } = checked.config;
  const excluded = problemOfPatterns(scan?.exclude ?? []);
  if (excluded !== undefined) {
    return refuse(`scan.exclude.${excluded.index}`, excluded.message, 'Name folders instead of single files.');
  }
  const accepted = problemOfPatterns(allow.map(({ path: pattern }) => pattern ?? ''));
  if (accepted !== undefined) {
    return refuse(`allow.${accepted.index}.path`, accepted.message, 'Name folders instead of single files.');
  }
  const outside = checked.config.rules?.files?.findIndex((file) => !isInside(resolve(dirname(path), file), base)) ?? -1;
  if (outside >= 0 && isInside(path, base)) {
    refuse(
      'rules.files',
      `${checked.config.rules!.files![outside]} is outside the repository`, // it was found there
      'A repository may name only its own rule files. Name others in your own configuration, or in a file that --config names.',
    );
  }
  const lineOf = linesOfKeys(text);
  return digest(checked.config, path, shown, base, (key) => lineOf(key) ?? 1);
}

function digest(
  config: ConfigFile,
  path: string,
  shown: string,
  base: string,
  lineOf: (key: string) => number,
): Config {
  const folder = relative(base, dirname(path)).replaceAll(sep, '/');
  const { gitlab = {}, scan = {}, rules = {}, allow = [] } = config;
  return {
    files: [path],
    prefixes: gitlab.prefixes ?? [],
    exclude:
      scan.exclude === undefined ? [] : [{ folder: folder.startsWith('..') ? '' : folder, patterns: scan.exclude }],
    minConfidence: scan.min_confidence,
    failOn: scan.fail_on,
    strict: scan.strict,
    timeLimit: scan.time_limit,
    ruleFiles: (rules.files ?? []).map((file) => resolve(dirname(path), file)),
    disabledRules: rules.disable ?? [],
    tokenNames: rules.names ?? [],
    allow: allow.map(({ secret, rule, path: pattern, reason, expires }, index) => ({
      ...(secret === undefined ? {} : { secret }),
      ...(rule === undefined ? {} : { rule }),
      ...(pattern === undefined ? {} : { path: pattern }),
      reason,
      ...(expires === undefined ? {} : { expires }),
      origin: `${shown}:${lineOf(`allow.${index}`)}`,
    })),
  };
}
