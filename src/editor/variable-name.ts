/** The name of the variable that takes the place of a credential. */

import { readAround, type Syntax } from '../detect/assignments/reading.ts';
import { wordsOf } from '../detect/assignments/names.ts';
import type { Rule } from '../model/rule.ts';
import type { PlaceSpan } from './places.ts';

/** UTF-16 units of the text around a value that are read. */
const READ_AROUND = 600;
/** Longer names are sentences. */
const WORDS_MAX = 6;
/** Names that do not say which credential it is, and headers that only say how it is sent. */
const GENERIC =
  /^(?:(?:JOB|DEPLOY)_TOKEN|(?:ACCESS_|API_|AUTH_|BEARER_|PRIVATE_|X_)*(?:TOKEN|SECRET|PASSWORD|PASSWD|PASS|PWD|PAT|KEY|VALUE|CREDENTIALS?|AUTH|AUTHORIZATION|BEARER|BASIC|HEADERS?|DATA|TEXT|CONST|LET|VAR|EXPORT|RETURN))$/;

/**
 * The name that the text gives the value, else that of its type: `GITLAB_TOKEN`.
 *
 * @param places of all findings: the name of a variable must not be made of a credential
 */
export function variableName(text: string, place: PlaceSpan, rule: Rule, places: readonly PlaceSpan[]): string {
  const { start, end } = place;
  const reading = readAround(text.slice(Math.max(0, start - READ_AROUND), start), text.slice(end, end + READ_AROUND));
  for (const { text: name, start: at } of reading?.names ?? []) {
    const from = start + at;
    if (!isName(reading?.syntax, name, text[from - 1])) continue;
    if (places.some((each) => each.start < from + name.length && from < each.end)) continue;
    const words = wordsOf(name);
    const upper = words.join('_').toUpperCase();
    if (words.length <= WORDS_MAX && /^[A-Z][A-Z0-9_]*$/.test(upper) && !GENERIC.test(upper)) return upper;
  }
  return nameOfRule(rule);
}

/** Whether a name is that of the value: not the command or function that gets it. @param before the character before the name */
function isName(syntax: Syntax | undefined, name: string, before: string | undefined): boolean {
  if (syntax === 'assignment') return true;
  return (syntax === 'word' && before === '-') || (syntax === 'argument' && /^[A-Z][A-Z0-9_]+$/.test(name));
}

function nameOfRule({ id, family }: Pick<Rule, 'id' | 'family'>): string {
  const base = id
    .replace(/_(?:in_context|routable(?:_versioned)?|v\d+)+$/, '')
    .replace(/_routable$/, '')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');
  // The variable that jobs have it in.
  if (/^GITLAB_(?:CI_BUILD|JOB)_TOKEN$/.test(base)) return 'CI_JOB_TOKEN';
  if (/^GITLAB_(?:PERSONAL_)?ACCESS_TOKEN$|^GITLAB_ROUTABLE_TOKEN$/.test(base)) return 'GITLAB_TOKEN';
  return family === 'vault' && /^VAULT_(?:SERVICE|BATCH)_TOKEN$/.test(base) ? 'VAULT_TOKEN' : base;
}
