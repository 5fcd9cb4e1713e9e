/** Parses the lines about a push that git writes to a hook's standard input. */

import { isNullId } from '../git/object-id.ts';
import { GlaiveError } from '../model/errors.ts';

export interface RefUpdate {
  /** The full name of the ref on the remote. */
  readonly ref: string;
  /** The object before; undefined if the ref is new. */
  readonly before: string | undefined;
  /** The object after; undefined if the ref is deleted. */
  readonly after: string | undefined;
}

/** The tips that a push adds, with the names of new refs. Deletions add no tips. */
export function tipsOf(updates: readonly RefUpdate[]): { readonly object: string; readonly ref?: string }[] {
  return updates.flatMap(({ ref, before, after }) =>
    after === undefined ? [] : [{ object: after, ...(before === undefined ? { ref } : {}) }],
  );
}

/**
 * `pre-push`: `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID` (githooks(5)). The local ref may be any revision, such as
 * `HEAD^{/a message}`. The name of a ref may contain everything except blanks and control characters.
 *
 * @throws GlaiveError
 */
export function parsePrePush(text: string): RefUpdate[] {
  return parse(text, 'pre-push', /^.+ ([0-9a-f]+) ([^\0-\x20\x7f]+) ([0-9a-f]+)$/s, ([after, ref, before]) => [
    before,
    after,
    ref,
  ]);
}

/** `pre-receive`: `OLD-ID NEW-ID REF` (githooks(5)). @throws GlaiveError */
export function parsePreReceive(text: string): RefUpdate[] {
  return parse(text, 'pre-receive', /^([0-9a-f]+) ([0-9a-f]+) ([^\0-\x20\x7f]+)$/, ([before, after, ref]) => [
    before,
    after,
    ref,
  ]);
}

type Fields = readonly (string | undefined)[];

function parse(text: string, hook: string, pattern: RegExp, order: (groups: Fields) => Fields): RefUpdate[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const match = pattern.exec(line);
    if (match === null) {
      throw new GlaiveError('usage', `hook: ${hook} got a line that git does not write`, {
        hint: 'git gives the refs of a push to the hook on its standard input; pass it on unchanged.',
      });
    }
    const [before, after, ref] = order(match.slice(1));
    return { ref: ref!, before: existing(before), after: existing(after) }; // the pattern has all three
  });
}

/** Zeros mean that there is no object; SHA-256 has 64 of them. */
function existing(id: string | undefined): string | undefined {
  return id === undefined || isNullId(id) ? undefined : id;
}
