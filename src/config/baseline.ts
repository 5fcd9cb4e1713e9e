/**
 * The baseline: what is known today, one line a leak, sorted, so that two branches merge without conflict.
 *
 *     <secretFingerprint> <rule> <path> [from=COMMAND] [expires=YYYY-MM-DD] [# reason]
 *
 * Only the fingerprint decides. Rule and path are for people: a leak stays known when its file is renamed or its rule
 * gets a better name. `from=` names the command that found the leak outside of the work tree (`history`, `logs`):
 * `glaive baseline`, which scans the work tree, never removes such an entry.
 */

import type { BaselineEntry } from '../model/suppression.ts';

export type ParsedBaseline =
  | { readonly ok: true; readonly entries: readonly BaselineEntry[] }
  | { readonly ok: false; readonly line: number; readonly message: string };

const LINE =
  /^([0-9a-f]{64})(?: +([^\s#]\S*))?(?: +([^\s#]\S*))?(?: +from=([a-z-]+))?(?: +expires=(\S+))?(?: +#[ \t]*(.*))?$/;

export function parseBaseline(text: string): ParsedBaseline {
  const entries: BaselineEntry[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const refuse = (message: string): ParsedBaseline => ({ ok: false, line: index + 1, message });
    if (/^[<=>]{7}/.test(line)) return refuse('it holds the marks of a merge conflict');
    const [, secretFingerprint, ruleId = '', path = '', from, expires, reason = ''] = LINE.exec(line) ?? [];
    if (secretFingerprint === undefined)
      return refuse('expected: 64 hex digits, a rule, a path, [from=COMMAND], [expires=YYYY-MM-DD], [# reason]');
    if (expires !== undefined && !isDate(expires))
      return refuse(`expires must be a date like 2027-01-31, not ${expires}`);
    entries.push({
      secretFingerprint,
      ruleId,
      path: decodeSafely(path),
      reason: reason.trim(),
      ...(from === undefined ? {} : { from }),
      ...(expires === undefined ? {} : { expires }),
    });
  }
  return { ok: true, entries };
}

/** The text of a baseline; the same entries give the same text. */
export function formatBaseline(entries: readonly BaselineEntry[]): string {
  const lines = entries.map(({ secretFingerprint, ruleId, path, from, expires, reason }) =>
    [
      secretFingerprint,
      ruleId,
      encodeBlanks(path),
      ...(from === undefined ? [] : [`from=${from}`]),
      ...(expires === undefined ? [] : [`expires=${expires}`]),
      ...(reason === '' ? [] : [`# ${reason.replace(/\s+/g, ' ')}`]),
    ].join(' '),
  );
  return `${HEAD}${[...new Set(lines)]
    .toSorted()
    .map((line) => `${line}\n`)
    .join('')}`;
}

const HEAD = `# Leaks that are known and accepted; glaive baseline writes this file. One line a leak, sorted:
# secretFingerprint rule path [from=COMMAND] [expires=YYYY-MM-DD] [# reason]
`;

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Blanks, controls and what would start a comment, percent-encoded: a path is one word. */
function encodeBlanks(path: string): string {
  // oxlint-disable-next-line no-control-regex -- controls are what must not stand in a line
  return path.replace(/[\u0000-\u0020\u007f-\u00a0#%\s]/g, (character) => encodeURIComponent(character));
}

function decodeSafely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
