/** The blocks of code in the documents, and their commands. */

/** A fenced block of a Markdown text. */
export interface Block {
  readonly language: string;
  readonly code: string;
  /** Of its first line of code, 1-based. */
  readonly line: number;
}

export function blocksIn(text: string): Block[] {
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)].map(({ 1: indent, 2: language, 3: code, index }) => ({
    language: language!,
    code: code!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    line: text.slice(0, index).split('\n').length + 1,
  }));
}

/** The commands of a block of shell, each on one line, without comments. */
export function commandsIn(shell: string): string[] {
  return shell
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The words of a command that needs no shell: no pipe, redirection or variable; else undefined. */
export function plainWords(command: string): string[] | undefined {
  if (/[|<>&;$`(){}\\*?~]/.test(command.replace(/'[^']*'/g, ''))) return undefined;
  return [...command.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}
