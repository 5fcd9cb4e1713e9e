/** The state of one hook script: whether it calls glaive, whether git runs it, and whether glaive is still where it says. */

import { lstatSync } from 'node:fs';
import { sep } from 'node:path';
import { readOptionalBytes } from '../lib/optional-file.ts';
import { unquoted } from '../lib/shell-quote.ts';
import { SERVER_HOOK } from './block.ts';

export type HookState =
  | 'ok'
  /** No script, or one without glaive. */
  | 'absent'
  /** Git does not run it. */
  | 'not executable'
  /** The script of glaive that it calls is gone. */
  | 'moved'
  /** The Node that it calls is gone: it takes the one on the PATH. */
  | 'other node'
  /** The same for an executable. */
  | 'other glaive';

export interface HookScript {
  readonly path: string;
  readonly hook: string;
  /** husky reads its hooks instead of executing them. */
  readonly isRead?: boolean | undefined;
}

/** @param exists whether there is such a file @throws an error of the file system */
export function inspectHook({ path, hook, isRead }: HookScript, exists: (path: string) => boolean): HookState {
  const text = readOptionalBytes(path)?.toString('utf8') ?? '';
  if (!new RegExp(String.raw`(?:glaive|"\$glaive_(?:main|program)") hook run ${hook}\b`).test(text)) return 'absent';
  if (isRead !== true && sep === '/' && (lstatSync(path).mode & 0o111) === 0) return 'not executable';
  const value = (name: string): string | undefined => {
    const [, quoted] = new RegExp(String.raw`^${name}=('(?:[^']|'\\'')*'|.*)$`, 'm').exec(text) ?? [];
    return quoted === undefined || quoted.startsWith('$') ? undefined : unquoted(quoted);
  };
  const [main, node, program] = [value('glaive_main'), value('glaive_node'), value('glaive_program')];
  if (main !== undefined && !exists(main)) return 'moved';
  if (program !== undefined && !exists(program)) return hook === SERVER_HOOK ? 'moved' : 'other glaive';
  return node !== undefined && !exists(node) ? 'other node' : 'ok';
}
