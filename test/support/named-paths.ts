/** The paths of the repository that a Markdown text names in code spans and test commands, and which of them are wrong. */

import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A name with a slash: of a file or folder, relative to the root, to `src/`, or to the room that its row of a table is about. */
const PATH = /^(?!https?:|dist\/|~)[\w.-]+(?:\/[\w.*-]+)*\/?$/;

/** @param text without blocks of code */
export function wrongPaths(text: string, root: string): string[] {
  return text.split('\n').flatMap((line) => {
    const paths = [...line.matchAll(/`([^`]+)`/g)]
      .map((match) => match[1]!)
      .filter((span) => span.includes('/') && PATH.test(span));
    const [room] = paths;
    const bases = [
      '',
      'src',
      'node_modules',
      ...(line.startsWith('|') && room !== undefined ? [join('src', room)] : []),
    ];
    return paths.filter((path) => !bases.some((base) => exists(path, join(root, base))));
  });
}

/** The arguments of `npx vitest run` that name no test: it takes part of a path, so a wrong one would run nothing of it. */
export function wrongTests(text: string, root: string): string[] {
  return [...text.matchAll(/npx vitest run ((?:[\w./-]+ ?)+)/g)]
    .flatMap((match) => match[1]!.trim().split(' '))
    .filter((path) => !exists(path, root));
}

/** `NAME` and `*` in the last part of a path are any name: then a file like it must be there to follow. */
function exists(path: string, base: string): boolean {
  if (existsSync(join(base, path))) return true;
  const name = basename(path);
  const folder = join(base, dirname(path));
  if (!/NAME|\*/.test(name) || !existsSync(folder)) return false;
  const like = new RegExp(`^${name.replaceAll('.', '\\.').replace(/NAME|\*/g, '.+')}$`);
  return readdirSync(folder).some((entry) => like.test(entry));
}
