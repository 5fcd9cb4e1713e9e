/**
 * Adds glaive to the configuration of hook managers: a few lines of text between marks. All other bytes remain unchanged, with their
 * comments, order and quotes.
 */

import { GlaiveError } from '../model/errors.ts';
import { type HookName, HOOK_NAMES } from './block.ts';

/** A manager that keeps its hooks in one YAML file at the root of the work tree. */
export interface Manager {
  readonly name: 'lefthook' | 'pre-commit';
  /** The names of its file, the usual one first. */
  readonly files: readonly string[];
  /** The configuration with glaive's lines. @throws GlaiveError (`usage`) with the lines, if there is no place for them */
  add(text: string, hooks: readonly HookName[]): string;
  /** The remaining step for the user. */
  readonly advice: string;
}

const OPEN = '# >>> glaive >>>';
/** In this variant the line feed before the mark belongs to glaive too. */
const OPEN_JOINED = '# >>> glaive (and the line end before it) >>>';
const CLOSE = '# <<< glaive <<<';
const HINT = ' Added by `glaive hook install`; remove it with `glaive hook uninstall`.';

export const lefthook: Manager = {
  name: 'lefthook',
  files: ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml', '.lefthook.yaml'],
  add(text, hooks) {
    return keepingLineEnds(removeBlocks(text), (clean) => hooks.reduce(addToLefthook, clean));
  },
  advice: 'lefthook calls glaive from the PATH; lefthook install puts its hooks in place.',
};

export const preCommit: Manager = {
  name: 'pre-commit',
  files: ['.pre-commit-config.yaml', '.pre-commit-config.yml'],
  add(text, hooks) {
    return keepingLineEnds(removeBlocks(text), (clean) => addToPreCommit(clean, hooks));
  },
  advice: `pre-commit (3.2 or newer) calls glaive from the PATH; put its hooks in place: pre-commit install ${HOOK_NAMES.map((hook) => `-t ${hook}`).join(' ')}`,
};

/** The configuration without glaive's lines: the original bytes. */
export function removeBlocks(text: string): string {
  return text
    .replace(/^[ ]*# >>> glaive >>>[^]*?# <<< glaive <<<\r?\n/gm, '')
    .replace(/\r?\n# >>> glaive \(and the line end before it\) >>>[^]*?# <<< glaive <<<\r?\n/g, '');
}

/** The changed text with CR LF if every line of the text has it, as git for Windows checks files out. */
function keepingLineEnds(text: string, change: (text: string) => string): string {
  const isCrLf = text.includes('\r\n') && !/(?<!\r)\n/.test(text);
  return isCrLf ? change(text.replaceAll('\r\n', '\n')).replaceAll('\n', '\r\n') : change(text);
}

function addToPreCommit(text: string, hooks: readonly HookName[]): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^repos:\s*(?:#.*)?$/.test(line));
  if (text === '') return appended('', ['repos:', ...preCommitRepo('', hooks)]);
  if (at < 0) throw noRoom('pre-commit', preCommitRepo('', hooks));
  const indent = /^( *)- /.exec(lines.slice(at + 1).find((line) => /^ *- /.test(line)) ?? '')?.[1] ?? '';
  return inserted(lines, at + 1, preCommitRepo(indent, hooks), indent);
}

function addToLefthook(text: string, hook: HookName): string {
  const lines = text.split('\n');
  const stdin = hook === 'pre-push' ? ['use_stdin: true'] : [];
  const args = hook === 'commit-msg' ? ' {1}' : hook === 'pre-push' ? ' {0}' : '';
  const body = [`run: glaive hook run ${hook}${args}`, ...stdin];
  const command = (indent: string): string[] => [`${indent}glaive:`, ...body.map((line) => `${indent}  ${line}`)];
  const job = (indent: string): string[] => [`${indent}- name: glaive`, ...body.map((line) => `${indent}  ${line}`)];

  const start = lines.findIndex((line) => new RegExp(`^["']?${hook}["']?:\\s*(?:#.*)?$`).test(line));
  if (start < 0) {
    if (new RegExp(`^["']?${hook}["']?:`, 'm').test(text))
      throw noRoom('lefthook', [`${hook}:`, '  commands:', ...command('    ')]);
    return appended(text, [`${hook}:`, '  commands:', ...command('    ')]);
  }
  const length = lines.slice(start + 1).findIndex((line) => /^[^\s#]/.test(line));
  const end = length < 0 ? lines.length : start + 1 + length;
  for (let at = start + 1; at < end; at++) {
    const [, outer, kind] = /^( +)(commands|jobs):\s*(?:#.*)?$/.exec(lines[at]!) ?? [];
    if (outer === undefined) continue;
    const next = lines.slice(at + 1, end).find((line) => /\S/.test(line) && !/^\s*#/.test(line)) ?? '';
    const inner = /^ */.exec(next)![0]; // it matches the empty text too
    const indent = inner.length > outer.length || (kind === 'jobs' && /^ *- /.test(next)) ? inner : `${outer}  `;
    return inserted(lines, at + 1, kind === 'commands' ? command(indent) : job(indent), indent);
  }
  throw noRoom('lefthook', [`${hook}:`, '  commands:', ...command('    ')]);
}

function preCommitRepo(indent: string, hooks: readonly HookName[]): string[] {
  const text = hooks.flatMap((hook) => [
    `      - id: glaive-${hook}`,
    `        name: glaive (${hook})`,
    `        entry: glaive hook run ${hook}`,
    '        language: system',
    // The names of stages since pre-commit 3.2, which warns about the older names at every commit.
    `        stages: [${hook}]`,
    ...(hook === 'commit-msg' ? [] : ['        pass_filenames: false']),
    '        always_run: true',
  ]);
  return ['  - repo: local', '    hooks:', ...text].map((line) => indent + line.slice(2));
}

function inserted(lines: readonly string[], at: number, block: readonly string[], indent: string): string {
  return [...lines.slice(0, at), `${indent}${OPEN}${HINT}`, ...block, `${indent}${CLOSE}`, ...lines.slice(at)].join(
    '\n',
  );
}

/** Appends the lines as a section of their own. */
function appended(text: string, block: readonly string[]): string {
  const isJoined = text !== '' && !text.endsWith('\n');
  const open = isJoined ? `\n${OPEN_JOINED}` : OPEN;
  return `${text}${open}${HINT}\n${block.join('\n')}\n${CLOSE}\n`;
}

function noRoom(manager: string, block: readonly string[]): GlaiveError {
  return new GlaiveError(
    'usage',
    `nothing was changed: found no place for glaive's lines in the configuration of ${manager}`,
    { hint: 'Add these lines yourself:', lines: block },
  );
}
