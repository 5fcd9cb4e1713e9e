/** How the languages of editors write comments and variables of the environment. */

import { basename } from 'node:path';

/** How a comment is written on a line of its own. */
export interface Comment {
  readonly open: string;
  readonly close: string;
}

/** How a credential is replaced by a variable; the functions of `variable-edit.ts`. */
export type VariableSyntax = 'shell' | 'dotenv' | 'javascript' | 'python' | 'ruby' | 'go' | 'gitlab-ci';

const HASH: Comment = { open: '# ', close: '' };
const SLASHES: Comment = { open: '// ', close: '' };
const DASHES: Comment = { open: '-- ', close: '' };
const SEMICOLON: Comment = { open: '; ', close: '' };
const PERCENT: Comment = { open: '% ', close: '' };
const BLOCK: Comment = { open: '/* ', close: ' */' };
const ANGLE: Comment = { open: '<!-- ', close: ' -->' };

/** Language ids of VS Code, Neovim (types of files), Helix and Emacs. A language that is not here gets no comment. */
const COMMENTS: ReadonlyMap<string, Comment> = new Map([
  ...ids(
    HASH,
    'bash cmake coffeescript conf crystal dockerfile dotenv editorconfig elixir env fish git-commit git-rebase gitattributes gitcommit gitignore ' +
      'graphql hcl ignore julia just ksh make makefile nginx nim nix nu perl powershell properties ps1 puppet python python3 r rego robotframework ' +
      'ruby sh shellscript starlark tcl terraform toml yaml yml zsh',
  ),
  ...ids(
    SLASHES,
    'arduino c c-sharp c_sharp cpp cs csharp cuda-cpp d dart fsharp glsl go gomod groovy hlsl java javascript javascriptreact jenkinsfile json5 jsonc ' +
      'jsonnet jsx kotlin less objective-c objective-cpp objc objcpp php proto rust scala scss solidity swift tsx typescript typescriptreact v zig',
  ),
  ...ids(DASHES, 'ada elm haskell lua plsql purescript sql teal vhdl'),
  ...ids(SEMICOLON, 'asm clojure commonlisp dosini emacs-lisp ini lisp racket scheme systemd'),
  ...ids(PERCENT, 'erlang latex matlab octave prolog tex'),
  ...ids(BLOCK, 'css'),
  ...ids(ANGLE, 'html markdown xml xsl'),
  ...ids({ open: '" ', close: '' }, 'vim'),
  ...ids({ open: "' ", close: '' }, 'vb'),
  ...ids({ open: 'REM ', close: '' }, 'bat dosbatch'),
]);

const VARIABLES: ReadonlyMap<string, VariableSyntax> = new Map([
  ...ids<VariableSyntax>('shell', 'bash ksh sh shellscript zsh'),
  ...ids<VariableSyntax>('dotenv', 'dotenv env'),
  ...ids<VariableSyntax>('javascript', 'javascript javascriptreact jsx tsx typescript typescriptreact'),
  ...ids<VariableSyntax>('python', 'python python3'),
  ...ids<VariableSyntax>('ruby', 'ruby'),
  ...ids<VariableSyntax>('go', 'go'),
]);

function ids<T>(value: T, names: string): (readonly [string, T])[] {
  return names.split(' ').map((name) => [name, value] as const);
}

const IS_DOTENV = /^\.env(?:\.|$)|\.env$/;
const IS_GITLAB_CI = /(?:^|[/.-])gitlab-ci\.ya?ml$|\/\.gitlab\/ci\/[^\n]*\.ya?ml$/;

/** @param languageId as the editor sends it @param path of the file, `/`-separated; only for files whose language editors do not know */
export function commentOf(languageId: string, path: string | undefined): Comment | undefined {
  if (path !== undefined && IS_DOTENV.test(basename(path))) return HASH;
  return COMMENTS.get(mainLanguage(languageId));
}

export function variableSyntaxOf(languageId: string, path: string | undefined): VariableSyntax | undefined {
  if (languageId === 'yaml.gitlab') return 'gitlab-ci';
  if (path !== undefined && IS_GITLAB_CI.test(path)) return 'gitlab-ci';
  if (path !== undefined && IS_DOTENV.test(basename(path))) return 'dotenv';
  return VARIABLES.get(mainLanguage(languageId));
}

/** Neovim joins several types of a file with dots: `yaml.gitlab`. */
function mainLanguage(languageId: string): string {
  return languageId.toLowerCase().split('.')[0]!; // a split has one part at least
}
