/** Breaks text for people into lines that fit a terminal: between words only, with a hanging indent. */

export interface WrapOptions {
  /** Columns of a line, its indent included. */
  readonly width: number;
  /** Columns before the first line; default 0. */
  readonly indent?: number;
  /** Columns before the other lines; default `indent`. */
  readonly hanging?: number;
}

/** A space at which no line is broken. No printable text has this character. */
const FIXED_SPACE = '\0';

/**
 * The lines of a printable text. A word is never cut: a path, an address or a command that {@link unbroken} protects gets a line of its own
 * if it is too long, and the terminal wraps it. A line break in the text stays.
 */
export function wrapText(text: string, { width, indent = 0, hanging = indent }: WrapOptions): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line: string | undefined;
    for (const word of paragraph.match(/ *[^ ]+/g) ?? []) {
      if (line !== undefined && line.length + word.length <= width) line += word;
      else {
        if (line !== undefined) lines.push(line);
        line = ' '.repeat(lines.length === 0 ? indent : hanging) + word.trimStart();
      }
    }
    lines.push(line ?? '');
  }
  return lines.map((line) => line.replaceAll(FIXED_SPACE, ' '));
}

/** Text that {@link wrapText} keeps in one line: a path with spaces, a command to copy. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', FIXED_SPACE);
}

const NARROWEST = 40;
const WIDEST = 120;
const USUAL = 80;

/** The columns to wrap at: those of the terminal, from 40 to 120; 80 if it is no terminal, or does not say. */
export function widthOf({
  isTTY,
  columns,
}: {
  readonly isTTY: boolean;
  readonly columns?: number | undefined;
}): number {
  // A terminal that does not know its size says 0.
  if (!isTTY || columns === undefined || columns === 0) return USUAL;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}
