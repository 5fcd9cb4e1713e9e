/**
 * An upper bound for the backtracking of a regular expression, computed from its source alone, within microseconds. It proves
 * most token patterns harmless; `pattern-check.ts` checks the others.
 */

/**
 * The maximum number of ways in which a pattern can match a text of `span` characters; each costs at most `span` steps.
 * Infinity: too many, or syntax that is not supported here.
 *
 * @param source of a valid pattern, without the flags u and v
 */
export function waysThrough(source: string, span: number): number {
  const reader: Reader = { source, at: 0, span };
  const ways = alternatives(reader);
  return reader.at === source.length ? ways : Number.POSITIVE_INFINITY;
}

/** The nesting depth of the groups of a pattern. */
export function depthOf(source: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [part] of source.matchAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|[()]/g)) {
    if (part === '(') deepest = Math.max(deepest, ++depth);
    else if (part === ')') depth--;
  }
  return deepest;
}

interface Reader {
  readonly source: string;
  at: number;
  readonly span: number;
}

/** `a|b|c`, to the end of the pattern or of the group. */
function alternatives(reader: Reader): number {
  let ways = sequence(reader);
  while (reader.source[reader.at] === '|') {
    reader.at++;
    ways += sequence(reader);
  }
  return ways;
}

function sequence(reader: Reader): number {
  let ways = 1;
  for (;;) {
    const next = reader.source[reader.at];
    if (next === undefined || next === '|' || next === ')') return ways;
    ways *= repeated(atom(reader), reader);
  }
}

const GROUP = /\((?:\?(?::|=|!|<=|<!|<[A-Za-z_$][\w$]*>))?/y;
/** One character or class, an assertion, or a backreference. */
const SINGLE =
  /\\(?:k<[\w$]+>|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[1-9]\d*|[^])|\[(?:\\[^]|[^\]\\])*\]|[^()[\]\\*+?|]/y;

function atom(reader: Reader): number {
  if (take(GROUP, reader) !== undefined) {
    const ways = alternatives(reader);
    if (reader.source[reader.at] !== ')') return Number.POSITIVE_INFINITY;
    reader.at++;
    return ways;
  }
  if (take(SINGLE, reader) !== undefined) return 1;
  // Unsupported syntax: skip to the end, so that the loops terminate.
  reader.at = reader.source.length + 1;
  return Number.POSITIVE_INFINITY;
}

const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y;

/** The number of ways through a repeated part. */
function repeated(ways: number, reader: Reader): number {
  const found = take(QUANTIFIER, reader);
  if (found === undefined) return ways;
  const [, sign, from, comma, to] = found;
  const least = sign === undefined ? Number(from) : sign === '+' ? 1 : 0;
  const isEndless = sign === '+' || sign === '*' || to === '';
  // Beyond the minimum an empty match is not repeated.
  const most = sign === '?' ? 1 : isEndless ? least + reader.span : Number(comma === undefined ? from : to);
  if (ways === 1) return Math.max(1, Math.min(most - least, reader.span) + 1);
  let all = 0;
  for (let times = least; times <= most && Number.isFinite(all); times++) all += ways ** times;
  return Math.max(1, all);
}

function take(pattern: RegExp, reader: Reader): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.source);
  if (found === null) return undefined;
  reader.at = pattern.lastIndex;
  return found;
}
