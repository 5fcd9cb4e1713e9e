/** Text with ANSI colours as an SVG picture of a terminal. Other control sequences are refused: the picture would be wrong. */

/* oxlint-disable no-control-regex -- these are the characters that control terminals */
const SGR = /(\x1b\[[\d;]*m)/;
const CONTROL = /[\x00-\x1f\x7f]/;
/* oxlint-enable no-control-regex */

/** Pixels. */
const CHARACTER = 8.4;
const LINE = 19;
const MARGIN = 16;
const TITLE_BAR = 34;

const BACKGROUND = '#15181e';
const FOREGROUND = '#d8dee9';
/** By the number of the SGR sequence; each has a contrast of at least 4.5 with the background. */
const COLORS: Readonly<Record<number, string>> = {
  30: '#8b93a5',
  31: '#ff6b70',
  32: '#8fd67a',
  33: '#f2c55c',
  34: '#79b8ff',
  35: '#d9a0ff',
  36: '#6fd6e0',
  37: '#eceff4',
  90: '#8b93a5',
};

interface Style {
  color: string | undefined;
  isBold: boolean;
  isDim: boolean;
}

interface Span extends Style {
  readonly column: number;
  readonly text: string;
}

export interface Terminal {
  /** What the picture shows, for those who cannot see it. */
  readonly title: string;
  /** The output, with its colours. */
  readonly text: string;
  /** The width in characters. */
  readonly columns: number;
}

export function terminalSvg({ title, text, columns }: Terminal): string {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => rowsOf(line, columns));
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = TITLE_BAR + lines.length * LINE + MARGIN;
  const rows = lines.flatMap((line, index) =>
    line.length === 0 ? [] : [`<text y="${TITLE_BAR + (index + 1) * LINE - 5}">${line.map(spanSvg).join('')}</text>`],
  );
  const dots = ['#ff6b70', '#f2c55c', '#8fd67a'].map(
    (color, at) => `<circle cx="${22 + at * 20}" cy="18" r="6" fill="${color}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<title>${escape(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>
${dots.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${FOREGROUND}" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`;
}

/** The pieces of a line, broken at the width as a terminal does it. Colours end with their line in all that glaive prints. */
function rowsOf(line: string, columns: number): Span[][] {
  const style: Style = { color: undefined, isBold: false, isDim: false };
  const rows: Span[][] = [[]];
  let column = 0;
  for (const piece of line.split(SGR)) {
    if (SGR.test(piece)) {
      for (const code of piece.slice(2, -1).split(';')) apply(style, Number(code));
      continue;
    }
    if (CONTROL.test(piece)) throw new Error('a control character that the picture cannot show');
    for (let rest = piece; rest !== '';) {
      if (column === columns) [column] = [0, rows.push([])];
      const text = rest.slice(0, columns - column);
      if (text.trim() !== '') rows.at(-1)!.push({ ...style, column, text });
      column += text.length;
      rest = rest.slice(text.length);
    }
  }
  return rows;
}

function apply(style: Style, code: number): void {
  if (code === 0) Object.assign(style, { color: undefined, isBold: false, isDim: false });
  else if (code === 1) style.isBold = true;
  else if (code === 2) style.isDim = true;
  else if (code === 22) Object.assign(style, { isBold: false, isDim: false });
  else if (code === 39) style.color = undefined;
  else if (COLORS[code] !== undefined) style.color = COLORS[code];
  else throw new Error(`SGR ${code} has no colour here`);
}

/** Placed by its column, so that the font of the reader does not move it. */
function spanSvg({ column, text, color, isBold, isDim }: Span): string {
  const start = text.length - text.trimStart().length;
  const shown = text.trim();
  const x = (MARGIN + (column + start) * CHARACTER).toFixed(1);
  const length = (shown.length * CHARACTER).toFixed(1);
  const fill = color ?? (isDim ? COLORS[90] : undefined);
  const attributes = `${fill === undefined ? '' : ` fill="${fill}"`}${isBold ? ' font-weight="bold"' : ''}`;
  return `<tspan x="${x}" textLength="${length}"${attributes}>${escape(shown)}</tspan>`;
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
