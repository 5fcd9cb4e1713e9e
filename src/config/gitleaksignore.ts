/** `.gitleaksignore`: the findings that gitleaks ignores, a line each: `[commit:]file:rule:line`. */

export interface IgnoredPlace {
  /** Absent: the file in the work tree. */
  readonly commit?: string;
  readonly path: string;
  readonly rule: string;
  readonly line: number;
}

export interface ParsedIgnore {
  readonly places: readonly IgnoredPlace[];
  /** Numbers of invalid lines. */
  readonly unread: readonly number[];
}

const LINE = /^(?:(?<commit>[0-9a-f]{7,64}):)?(?<path>.+):(?<rule>[^:\s]+):(?<line>[1-9]\d{0,8})$/;

export function parseGitleaksignore(text: string): ParsedIgnore {
  const places: IgnoredPlace[] = [];
  const unread: number[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const { commit, path, rule, line: number } = LINE.exec(line)?.groups ?? {};
    if (path === undefined || rule === undefined) unread.push(index + 1);
    else places.push({ ...(commit === undefined ? {} : { commit }), path, rule, line: Number(number) });
  }
  return { places, unread };
}
