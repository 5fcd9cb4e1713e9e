/**
 * The baseline: accepted leaks, one sorted line each, so that two branches merge without conflict.
 *
 *     <secretFingerprint> <rule> <path> [from=COMMAND] [expires=YYYY-MM-DD] [# reason]
 *
 * Only the fingerprint is compared. Rule and path are for people: an entry still matches when the file or the rule is renamed.
 * `from=` names the command that found the leak outside the work tree (`history`, `logs`): `glaive baseline`, which scans the
 * work tree, never removes such an entry.
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
    if (/^[<=>]{7}/.test(line)) return refuse('unresolved merge conflict');
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

const HEAD = `# Accepted leaks, written by glaive baseline. One sorted line each:
# secretFingerprint rule path [from=COMMAND] [expires=YYYY-MM-DD] [# reason]
`;

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Percent-encodes blanks, control characters and `#`, so that a path is one word. */
function encodeBlanks(path: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are replaced
  return path.replace(/[\u0000-\u0020\u007f-\u00a0#%\s]/g, (character) => encodeURIComponent(character));
}

function decodeSafely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
