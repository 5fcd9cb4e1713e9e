/** Scans texts from memory, again and again: each by the policy of its folder, which is read again when one of its files has changed. */

import { statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { policyFiles } from '../config/places.ts';
import type { TextChecker, TextToCheck } from '../editor/check-text.ts';
import { GitError, gitText } from '../git/spawn.ts';
import { encodePath } from '../lib/path-bytes.ts';
import type { Artifact } from '../model/artifact.ts';
import type { Io } from '../model/io.ts';
import type { Report } from '../model/report.ts';
import type { ScanRequest } from '../scan/request.ts';
import { scan } from '../scan/scan.ts';
import { memoryInput } from '../sources/memory.ts';
import type { ParsedArgs } from './args/parse.ts';
import type { ScanContext } from './scan-plan.ts';
import { prepareScan } from './scan-setup.ts';

interface Prepared {
  readonly request: ScanRequest;
  readonly context: ScanContext;
  /** The files that it was made from, and their state. */
  readonly files: readonly string[];
  readonly state: string;
}

/** Folders whose policy is kept. */
const FOLDERS_MAX = 32;
/** Files of which is kept whether git ignores them. */
const PATHS_MAX = 4096;

export function createTextChecker(args: ParsedArgs, io: Io): TextChecker {
  const policies = new Map<string, Prepared>();
  const ignored = new Map<string, boolean>();

  const policyOf = async (folder: string): Promise<Prepared> => {
    const known = policies.get(folder);
    if (known !== undefined && known.state === stateOf(known.files)) return known;
    policies.delete(folder);
    const prepared = await prepare(folder, args, io);
    if (policies.size >= FOLDERS_MAX) policies.clear();
    policies.set(folder, prepared);
    return prepared;
  };

  const isIgnored = async (path: string, { root }: ScanContext): Promise<boolean> => {
    if (root === undefined) return false;
    const known = ignored.get(path);
    if (known !== undefined) return known;
    const answer = await askGit(path, io);
    if (ignored.size >= PATHS_MAX) ignored.clear();
    ignored.set(path, answer);
    return answer;
  };

  return {
    refresh: () => ignored.clear(),
    async check(text) {
      const { request, context } = await policyOf(text.folder);
      const artifact = artifactOf(text, context);
      if (artifact.path !== undefined && context.exclusions.excludes(artifact.path)) return undefined;
      if (text.path !== undefined && (await isIgnored(text.path, context))) return undefined;
      return await scanText(text, artifact, request);
    },
  };
}

async function prepare(folder: string, args: ParsedArgs, io: Io): Promise<Prepared> {
  let context: ScanContext | undefined;
  const { request, config } = await prepareScan(args, io, {
    folder,
    volume: 'commit',
    sources(given) {
      context = given;
      return [];
    },
  });
  const named = [args.value('config'), args.value('baseline')].flatMap((file) =>
    file === undefined ? [] : [resolve(io.cwd, file)],
  );
  const { base } = context!; // every plan is asked for its sources
  const files = [...policyFiles(folder, base, io.env), ...config.ruleFiles, ...named];
  return { request, context: context!, files, state: stateOf(files) };
}

/** Differs when one of the files does. */
function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const stats = statSync(encodePath(file), { throwIfNoEntry: false });
        return stats === undefined ? '-' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
      } catch {
        return '?'; // reading it reports the error
      }
    })
    .join('\n');
}

function artifactOf({ path }: TextToCheck, { base }: ScanContext): Artifact {
  if (path === undefined) return { kind: 'stdin', uri: 'untitled' };
  const uri = relative(base, path).replaceAll(sep, '/');
  return { kind: 'file', uri, path: uri };
}

async function scanText({ bytes, signal }: TextToCheck, artifact: Artifact, request: ScanRequest): Promise<Report> {
  const source = {
    name: 'text',
    async *inputs() {
      yield memoryInput(bytes, artifact);
    },
  };
  return await scan({ ...request, sources: [source], signal });
}

/** Whether git ignores a file that it does not track: a scan of the work tree leaves it out, too. */
async function askGit(path: string, { env, signal }: Io): Promise<boolean> {
  try {
    await gitText(['check-ignore', '--quiet', '--', path], { cwd: dirname(path), env, signal });
    return true;
  } catch (error) {
    // 1: it is not ignored. Whatever else is wrong, the file is scanned.
    if (error instanceof GitError) return false;
    throw error;
  }
}
