/** What the values of assigned forms look like, and the words without which none of the forms can apply. */

import type { AssignedForm } from '../model/rule.ts';
import type { AssignedValue } from '../model/ruleset.ts';

/** The parts of a name that are in every spelling of it. */
const PIECES = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;
/** Written in several ways, as `git-lab`. */
const SPLIT = /^(?:gitlab|git|lab|oauth|auth|o)$/i;
/** Functions and addresses imply these names. */
const IMPLIED = /^(?:token|password)$/;

export function assignedValuesOf(forms: readonly AssignedForm[]): AssignedValue[] {
  const kinds = [...new Set(forms.flatMap(({ values }) => values))];
  return kinds.map((kind) => {
    const words = wordsFor(forms.filter(({ values }) => values.includes(kind)));
    return kind.startsWith('hex:') && words !== undefined ? { kind, words } : { kind };
  });
}

/** Words of which one is next to each such value that is a credential; undefined: there need not be any. */
function wordsFor(forms: readonly AssignedForm[]): string[] | undefined {
  const names = forms.flatMap((form) => [...form.names, ...form.near]);
  if (forms.some(({ users }) => users.length > 0) || names.some((name) => IMPLIED.test(name))) return undefined;
  const pieces = names.map((name) => (name.match(PIECES) ?? []).filter((piece) => !SPLIT.test(piece)));
  const words = new Set<string>();
  // The shortest names first: `trigger` is in `pipeline trigger token`, too.
  for (const of of pieces.toSorted((a, b) => a.length - b.length)) {
    const longest = of.toSorted((a, b) => b.length - a.length)[0]?.toLowerCase();
    if (longest === undefined) return undefined;
    if (!of.some((piece) => words.has(piece.toLowerCase()))) words.add(longest);
  }
  return [...words].toSorted();
}
