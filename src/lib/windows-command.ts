/**
 * Commands by name on Windows. Node looks for a program in the working directory first, which may be a repository, and starts no
 * batch file: npm, for example, is one.
 */

import { win32 } from 'node:path';
import { isProgram, programOnPath } from './program-path.ts';
import { UnfitFile } from './unfit-file.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are quoted already. */
  readonly isQuoted: boolean;
}

/** What Windows can start, in the order of its default. */
const ENDINGS = ['.com', '.exe', '.bat', '.cmd'];

interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether there is such a program. */
  readonly test?: (path: string) => boolean;
}

/** @throws an error with a code like that of `spawn`, if there is no such program, or UnfitFile for text that cmd.exe would run */
export function windowsCommand(
  name: string,
  args: readonly string[],
  { cwd, env, test = isProgram }: Surroundings,
): Command {
  const names = ENDINGS.includes(win32.extname(name).toLowerCase()) ? [name] : ENDINGS.map((ending) => name + ending);
  const file = /[\\/:]/.test(name)
    ? names.map((each) => win32.resolve(cwd, each)).find(test)
    : programOnPath(names, env, { test, paths: win32 });
  if (file === undefined) throw Object.assign(new Error(`${name}: command not found`), { code: 'ENOENT' });
  if (!/\.(?:bat|cmd)$/i.test(file)) return { file, args, isQuoted: false };
  const system = env['SystemRoot'] ?? env['SYSTEMROOT'] ?? String.raw`C:\Windows`;
  // Without registry commands (/d) and delayed expansion, with the outer quotes removed (/s).
  const line = [`"${checked(file)}"`, ...args.map(quoted)].join(' ');
  return {
    file: win32.join(system, 'System32', 'cmd.exe'),
    args: ['/d', '/e:on', '/v:off', '/s', '/c', `"${line}"`],
    isQuoted: true,
  };
}

/** Between quotes, cmd.exe changes only these. A batch file reads its arguments once more, so that escaping them is not certain. */
function checked(text: string): string {
  if (/["%\r\n\0]/.test(text))
    throw new UnfitFile(
      'it is a batch file, and an argument has a quote, a percent sign or a line end, which cmd.exe changes',
    );
  return text;
}

function quoted(text: string): string {
  if (/^[\w./\\:@+-]+$/.test(text)) return text;
  // Programs take a backslash before a quote for an escape.
  return `"${checked(text).replace(/\\+$/, '$&$&')}"`;
}
