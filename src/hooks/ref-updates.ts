/** What git tells a hook about a push, line by line on standard input. */

import { isNullId } from '../git/object-id.ts';
import { GlaiveError } from '../model/errors.ts';

export interface RefUpdate {
  /** The full name that the ref has, or gets, where it is pushed to. */
  readonly ref: string;
  /** The object before; undefined where the ref is new. */
  readonly before: string | undefined;
  /** The object after; undefined where the ref is deleted. */
  readonly after: string | undefined;
}

/** What a push brings: the new ends, with the names that are new. Deletions bring nothing. */
export function tipsOf(updates: readonly RefUpdate[]): { readonly object: string; readonly ref?: string }[] {
  return updates.flatMap(({ ref, before, after }) =>
    after === undefined ? [] : [{ object: after, ...(before === undefined ? { ref } : {}) }],
  );
}

/**
 * `pre-push`: `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID` (githooks(5)). What stands for a local ref may be any revision, such as
 * `HEAD^{/a message}`; no ref has a blank or a control character in its name, and everything else it may have.
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
        hint: 'git gives the refs of a push to the hook on its standard input; pass it on as it is.',
      });
    }
    const [before, after, ref] = order(match.slice(1));
    return { ref: ref!, before: existing(before), after: existing(after) }; // the pattern has all three
  });
}

/** Zeros stand for nothing; those of SHA-256 are 64. */
function existing(id: string | undefined): string | undefined {
  return id === undefined || isNullId(id) ? undefined : id;
}
