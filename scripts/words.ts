/** `npm run words`: refuses the words that CONTRIBUTING.md replaces, in code, comments, messages and documents. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const FOLDERS = ['docs', 'rules', 'schema', 'scripts', 'src', 'templates', 'test', '.ci', '.husky'];
const FILES = /^Dockerfile$|\.(?:md|ya?ml|ts)$/;
/** Data of others, and this list itself. */
const LEFT_OUT = /^(?:test\/data|src\/generated|\.husky\/_)\//;

/** The words in backquotes: of the glossary's last column, and of the sentence about the dialect. */
export function refusedWords(contributing: string): string[] {
  const [glossary = ''] = /^\| Term[\s\S]*?\n\n/m.exec(contributing) ?? [];
  const [markers = ''] = /^`npm run words` refuses the markers[\s\S]*?\n\n/m.exec(contributing) ?? [];
  const cells = glossary.split('\n').map((row) => row.split('|').at(-2) ?? '');
  const spans = [...cells, markers].flatMap((text) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
  return spans.filter((word) => !word.startsWith('npm '));
}

/** The refused words in one file, a line each; words within an identifier count as well. */
export function problemsOf(path: string, text: string, words: readonly string[]): string[] {
  const refused = new RegExp(`\\b(?:${words.join('|')})\\b`, 'gi');
  const prose = path.endsWith('.md')
    ? text.replace(/`[^`]*`|"[^"]*"/g, (quoted) => quoted.replace(/[^\n]/g, ' '))
    : text;
  return prose.split('\n').flatMap((line, index) => {
    const found = line.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').match(refused) ?? [];
    return found.map((word) => `${path}:${index + 1}: "${word}"`);
  });
}

/** The refused words in all files of the project. */
export function wordProblems(root: string): string[] {
  const words = refusedWords(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => posix.relative(root, posix.join(entry.parentPath, entry.name))),
  );
  const files = [...readdirSync(root).filter((name) => FILES.test(name)), ...inFolders];
  return files
    .filter((path) => !LEFT_OUT.test(path))
    .flatMap((path) => problemsOf(path, readFileSync(join(root, path), 'utf8'), words));
}

export function main(root: string): void {
  const problems = wordProblems(root);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length === 0) return;
  process.stderr.write('CONTRIBUTING.md names the words to use instead.\n');
  process.exitCode = 1;
}
