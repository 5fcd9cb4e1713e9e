/**
 * Adds glaive's lines to a hook script, and removes them again. They are between two marks: all other bytes of the script remain
 * unchanged.
 */

import { sep } from 'node:path';
import { shellQuote } from '../lib/shell-quote.ts';

/** Hooks of a work tree. */
export const HOOK_NAMES = ['pre-commit', 'commit-msg', 'pre-push'] as const;

/** The hooks that are installed by default. */
export const DEFAULT_HOOKS: readonly HookName[] = ['pre-commit', 'commit-msg'];

export type HookName = (typeof HOOK_NAMES)[number];

/** The hook of a server. */
export const SERVER_HOOK = 'pre-receive';

/** How the hook finds glaive. */
export type Launcher =
  /** By its path on this machine, for hooks that are not committed. */
  | { readonly kind: 'installed'; readonly node: string; readonly main: string }
  /** The same for an executable, which has its own Node. */
  | { readonly kind: 'executable'; readonly program: string }
  /** On the PATH, for hooks that are committed. husky adds the project's own packages to it. */
  | { readonly kind: 'path' };

/** A launcher for this machine. */
export type LocalLauncher = Exclude<Launcher, { kind: 'path' }>;

/** @param main undefined in an executable */
export function localLauncher({
  node,
  main,
}: {
  readonly node: string;
  readonly main: string | undefined;
}): LocalLauncher {
  return main === undefined ? { kind: 'executable', program: node } : { kind: 'installed', node, main };
}

const OPEN = '# >>> glaive >>>';
const OPEN_NEW = '# >>> glaive (and this file) >>>';
const CLOSE = '# <<< glaive <<<';
/** A committed hook that git has checked out on Windows has CR LF. */
const CLOSING = new RegExp(`^${CLOSE}\\r?\\n`, 'm');
const SHEBANG = '#!/bin/sh\n';

/** The hook with glaive's lines at the top, before any early exit. @param existing undefined: no file */
export function addBlock(existing: string | undefined, hook: HookName, launcher: Launcher): string {
  if (existing === undefined) return SHEBANG + block(OPEN_NEW, hook, launcher);
  const { before, own, after } = split(existing);
  if (own !== undefined) return before + block(own, hook, launcher) + after;
  const [shebang = ''] = /^#!.*\r?\n/.exec(existing) ?? [];
  return shebang + block(OPEN, hook, launcher) + existing.slice(shebang.length);
}

/** The hook without glaive's lines; undefined if the whole file was created by glaive. */
export function removeBlock(existing: string): string | undefined {
  const { before, own, after } = split(existing);
  if (own === undefined) return existing;
  const rest = before + after;
  return own === OPEN_NEW && rest.replace('\r', '') === SHEBANG ? undefined : rest;
}

export function hasBlock(existing: string): boolean {
  return split(existing).own !== undefined;
}

/** The line to add to a hook by hand. */
export function lineToAdd(hook: HookName): string {
  return `glaive hook run ${hook} "$@" || exit $?`;
}

function split(text: string): { readonly before: string; readonly own: string | undefined; readonly after: string } {
  const start = text.search(/^# >>> glaive /m);
  const close = start < 0 ? -1 : text.slice(start).search(CLOSING);
  if (close < 0) return { before: text, own: undefined, after: '' };
  const opening = text.slice(start, text.indexOf('\n', start));
  return {
    before: text.slice(0, start),
    own: opening.startsWith(OPEN_NEW) ? OPEN_NEW : OPEN,
    after: text.slice(start + close).replace(CLOSING, ''),
  };
}

function block(open: string, hook: HookName, launcher: Launcher): string {
  return [
    `${open} Added by \`glaive hook install\`; remove it with \`glaive hook uninstall\`.`,
    ...(hook === 'pre-push' ? KEEP_STDIN : []),
    ...linesOf(hook, launcher),
    ...(hook === 'pre-push' ? GIVE_STDIN : []),
    CLOSE,
    '',
  ].join('\n');
}

/** Other programs in the hook need git's standard input too, for example git-lfs. */
const KEEP_STDIN = ['glaive_refs=$(cat)'];
const GIVE_STDIN = [
  'if [ -n "$glaive_refs" ]; then',
  '  exec <<GLAIVE_REFS',
  '$glaive_refs',
  'GLAIVE_REFS',
  'else',
  '  exec </dev/null',
  'fi',
];

/** The call, with git's standard input passed on. */
function fed(hook: HookName, call: string): string {
  return hook === 'pre-push' ? `  printf '%s\\n' "$glaive_refs" | ${call} || exit $?` : `  ${call} || exit $?`;
}

function linesOf(hook: HookName, launcher: Launcher): string[] {
  if (launcher.kind === 'installed') return installedLines(hook, launcher);
  return launcher.kind === 'executable' ? executableLines(hook, launcher) : pathLines(hook);
}

/** An upgrade may leave the executable in another folder, which then is on the PATH. */
function executableLines(hook: HookName, { program }: Launcher & { kind: 'executable' }): string[] {
  return [
    `glaive_program=${shellQuote(shellPath(program))}`,
    '[ -x "$glaive_program" ] || glaive_program=$(command -v glaive)',
    'if [ -n "$glaive_program" ]; then',
    fed(hook, `"$glaive_program" hook run ${hook} "$@"`),
    ...otherwise(hook, 'glaive has moved since this hook was installed', 'run glaive hook install again'),
  ];
}

/** Every sh on Windows takes slashes, and some of them only these. */
export function shellPath(path: string, separator = sep): string {
  return separator === '/' ? path : path.replaceAll(separator, '/');
}

/** GUI programs start git with a PATH of their own, which may lack node. */
function installedLines(hook: HookName, { node, main }: Launcher & { kind: 'installed' }): string[] {
  return [
    `glaive_node=${shellQuote(shellPath(node))}`,
    `glaive_main=${shellQuote(shellPath(main))}`,
    '[ -x "$glaive_node" ] || glaive_node=$(command -v node)',
    'if [ -n "$glaive_node" ] && [ -f "$glaive_main" ]; then',
    fed(hook, `"$glaive_node" "$glaive_main" hook run ${hook} "$@"`),
    ...otherwise(hook, 'glaive or Node has moved since this hook was installed', 'run glaive hook install again'),
  ];
}

/** Without Node, only an executable starts: it is no script. */
function pathLines(hook: HookName): string[] {
  return [
    'if command -v glaive >/dev/null 2>&1 && { command -v node >/dev/null 2>&1 || [ "$(head -c 2 "$(command -v glaive)")" != "#!" ]; }; then',
    fed(hook, `glaive hook run ${hook} "$@"`),
    ...otherwise(
      hook,
      'node or glaive is not on the PATH',
      'install the dependencies of this project; GUI programs need a PATH that contains node',
    ),
  ];
}

/** Fails closed: without a scan, a commit or push passes only with a reason (`GLAIVE_SKIP`). */
function otherwise(hook: HookName, problem: string, way: string): string[] {
  const what = hook === 'pre-push' ? 'push' : 'commit';
  return [
    'elif [ -n "$GLAIVE_SKIP" ]; then',
    '  echo "glaive: skipped: $GLAIVE_SKIP" >&2',
    'else',
    `  echo ${shellQuote(`glaive: cannot check this ${what}: ${problem}.`)} >&2`,
    `  echo ${shellQuote(`  To fix it: ${way}. To let one ${what} pass: GLAIVE_SKIP="reason" git ${what} ...`)} >&2`,
    '  exit 1',
    'fi',
  ];
}

/** The whole pre-receive hook of a server: it runs glaive, or explains why it cannot. @param flags given by the administrator */
export function serverHook(launcher: LocalLauncher, flags: readonly string[], failOpen: boolean): string {
  const say = (text: string): string => `  echo ${shellQuote(`GL-HOOK-ERR: ${text}`)} >&2`;
  const isExecutable = launcher.kind === 'executable';
  const [lines, isGone, call, what] = isExecutable
    ? [
        [`glaive_program=${shellQuote(shellPath(launcher.program))}`],
        '[ ! -x "$glaive_program" ]',
        '"$glaive_program"',
        'glaive',
      ]
    : [
        [`glaive_node=${shellQuote(shellPath(launcher.node))}`, `glaive_main=${shellQuote(shellPath(launcher.main))}`],
        '[ ! -x "$glaive_node" ] || [ ! -f "$glaive_main" ]',
        '"$glaive_node" "$glaive_main"',
        'glaive or Node',
      ];
  return [
    '#!/bin/sh',
    `${OPEN_NEW} Added by \`glaive hook install --server\`; remove it with \`glaive hook uninstall --server\`.`,
    ...lines,
    `if ${isGone}; then`,
    say(`${what} has moved since this hook was installed; ask the administrator of this server to install it again.`),
    failOpen ? '  exit 0' : '  exit 1',
    'fi',
    `exec ${call} hook run ${SERVER_HOOK}${flags.map((flag) => ` ${shellQuote(flag)}`).join('')}`,
    CLOSE,
    '',
  ].join('\n');
}
