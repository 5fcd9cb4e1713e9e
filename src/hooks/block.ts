/**
 * The lines that glaive puts into a hook script, and takes out again: between two marks, so that what stands around
 * them is never touched, and comes back byte for byte.
 */

/** Hooks of a work tree. */
export const HOOK_NAMES = ['pre-commit', 'commit-msg', 'pre-push'] as const;

/** Those that are installed unless others are named. */
export const DEFAULT_HOOKS: readonly HookName[] = ['pre-commit', 'commit-msg'];

export type HookName = (typeof HOOK_NAMES)[number];

/** The hook of a server. */
export const SERVER_HOOK = 'pre-receive';

/** How the hook finds glaive. */
export type Launcher =
  /** Where it stands on this machine, for hooks that nobody else gets. */
  | { readonly kind: 'installed'; readonly node: string; readonly main: string }
  /** On the PATH, for hooks that are committed. husky puts the project's own packages there. */
  | { readonly kind: 'path' };

const OPEN = '# >>> glaive >>>';
const OPEN_NEW = '# >>> glaive (and this file) >>>';
const CLOSE = '# <<< glaive <<<';
const SHEBANG = '#!/bin/sh\n';

/** The hook with glaive's lines in it, at the top, so that no early exit passes them by. @param existing undefined: no file */
export function addBlock(existing: string | undefined, hook: HookName, launcher: Launcher): string {
  if (existing === undefined) return SHEBANG + block(OPEN_NEW, hook, launcher);
  const { before, own, after } = split(existing);
  if (own !== undefined) return before + block(own, hook, launcher) + after;
  const [shebang = ''] = /^#!.*\r?\n/.exec(existing) ?? [];
  return shebang + block(OPEN, hook, launcher) + existing.slice(shebang.length);
}

/** The hook without glaive's lines; undefined when nothing of it is left but what glaive made. */
export function removeBlock(existing: string): string | undefined {
  const { before, own, after } = split(existing);
  if (own === undefined) return existing;
  const rest = before + after;
  return own === OPEN_NEW && rest === SHEBANG ? undefined : rest;
}

export function hasBlock(existing: string): boolean {
  return split(existing).own !== undefined;
}

/** The one line for somebody who keeps the hook by hand. */
export function lineToAdd(hook: HookName): string {
  return `glaive hook run ${hook} "$@" || exit $?`;
}

function split(text: string): { readonly before: string; readonly own: string | undefined; readonly after: string } {
  const start = text.search(/^# >>> glaive /m);
  const close = start < 0 ? -1 : text.indexOf(`${CLOSE}\n`, start);
  if (close < 0) return { before: text, own: undefined, after: '' };
  const opening = text.slice(start, text.indexOf('\n', start));
  return {
    before: text.slice(0, start),
    own: opening.startsWith(OPEN_NEW) ? OPEN_NEW : OPEN,
    after: text.slice(close + CLOSE.length + 1),
  };
}

function block(open: string, hook: HookName, launcher: Launcher): string {
  return [
    `${open} Put here by \`glaive hook install\`; \`glaive hook uninstall\` takes it out.`,
    ...(hook === 'pre-push' ? KEEP_STDIN : []),
    ...(launcher.kind === 'installed' ? installedLines(hook, launcher) : pathLines(hook)),
    ...(hook === 'pre-push' ? GIVE_STDIN : []),
    CLOSE,
    '',
  ].join('\n');
}

/** What git says on standard input is for everybody: git-lfs reads it too. */
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

/** The call, with what git has said given on. */
function fed(hook: HookName, call: string): string {
  return hook === 'pre-push' ? `  printf '%s\\n' "$glaive_refs" | ${call} || exit $?` : `  ${call} || exit $?`;
}

/** Programs with windows start git with a PATH of their own, so node may be missing there. */
function installedLines(hook: HookName, { node, main }: Launcher & { kind: 'installed' }): string[] {
  return [
    `glaive_node=${quote(node)}`,
    `glaive_main=${quote(main)}`,
    '[ -x "$glaive_node" ] || glaive_node=$(command -v node)',
    'if [ -n "$glaive_node" ] && [ -f "$glaive_main" ]; then',
    fed(hook, `"$glaive_node" "$glaive_main" hook run ${hook} "$@"`),
    ...otherwise(
      hook,
      'glaive or Node is not where it was when this hook was installed',
      'run glaive hook install again',
    ),
  ];
}

function pathLines(hook: HookName): string[] {
  return [
    'if command -v node >/dev/null 2>&1 && command -v glaive >/dev/null 2>&1; then',
    fed(hook, `glaive hook run ${hook} "$@"`),
    ...otherwise(
      hook,
      'node or glaive is not on the PATH',
      'install the dependencies of this project; in a program with windows, give it a PATH on which node is',
    ),
  ];
}

/** Not to look is not to pass: only a reason lets a commit or a push through. */
function otherwise(hook: HookName, problem: string, way: string): string[] {
  const what = hook === 'pre-push' ? 'push' : 'commit';
  return [
    'elif [ -n "$GLAIVE_SKIP" ]; then',
    '  echo "glaive: skipped: $GLAIVE_SKIP" >&2',
    'else',
    `  echo ${quote(`glaive: cannot check this ${what}: ${problem}.`)} >&2`,
    `  echo ${quote(`  What helps: ${way}. To let one ${what} pass: GLAIVE_SKIP="reason" git ${what} ...`)} >&2`,
    '  exit 1',
    'fi',
  ];
}

/** The whole pre-receive hook of a server: it runs glaive, or says why it cannot. @param flags as the administrator gave them */
export function serverHook(
  launcher: Launcher & { kind: 'installed' },
  flags: readonly string[],
  failOpen: boolean,
): string {
  const say = (text: string): string => `  echo ${quote(`GL-HOOK-ERR: ${text}`)} >&2`;
  return [
    '#!/bin/sh',
    `${OPEN_NEW} Put here by \`glaive hook install --server\`; \`glaive hook uninstall --server\` takes it out.`,
    `glaive_node=${quote(launcher.node)}`,
    `glaive_main=${quote(launcher.main)}`,
    'if [ ! -x "$glaive_node" ] || [ ! -f "$glaive_main" ]; then',
    say('glaive or Node is not where it was when this hook was installed; tell the administrator of this server.'),
    failOpen ? '  exit 0' : '  exit 1',
    'fi',
    `exec "$glaive_node" "$glaive_main" hook run ${SERVER_HOOK}${flags.map((flag) => ` ${quote(flag)}`).join('')}`,
    CLOSE,
    '',
  ].join('\n');
}

/** A word for sh. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
