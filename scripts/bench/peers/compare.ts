/** Compares what a scanner reported with what there is to find. */

import type { Reported } from './scanner.ts';

export interface Comparison {
  /** Secrets that were reported as they are. */
  readonly exact: ReadonlySet<string>;
  /** Secrets of which a part was reported, or a text with more than the secret. */
  readonly partly: ReadonlySet<string>;
  readonly missed: ReadonlySet<string>;
  /** Reported texts that have nothing to do with any secret. */
  readonly others: ReadonlySet<string>;
}

/** Of a shorter part it cannot be said which secret it belongs to. */
const SHORTEST_PART = 12;

export function compare(secrets: Iterable<string>, reported: readonly Reported[]): Comparison {
  const wanted = new Set(secrets);
  const texts = new Set(reported.map(({ secret }) => secret));
  const exact = new Set([...wanted].filter((secret) => texts.has(secret)));
  const rest = [...texts].filter((text) => !wanted.has(text));
  const partly = new Set<string>();
  const others = new Set(rest);
  const index = partsOf(wanted);
  for (const text of rest) {
    for (const secret of index.secretsLike(text)) {
      others.delete(text);
      if (!exact.has(secret)) partly.add(secret);
    }
  }
  const missed = new Set([...wanted].filter((secret) => !exact.has(secret) && !partly.has(secret)));
  return { exact, partly, missed, others };
}

/** Secrets by their parts of a fixed length, so that thousands can be compared with thousands. */
function partsOf(secrets: ReadonlySet<string>): { secretsLike(text: string): Set<string> } {
  const byPart = new Map<string, Set<string>>();
  for (const secret of secrets)
    for (const part of windows(secret)) byPart.set(part, (byPart.get(part) ?? new Set()).add(secret));
  return {
    secretsLike(text) {
      const like = new Set<string>();
      for (const part of windows(text))
        for (const secret of byPart.get(part) ?? [])
          if (secret.includes(text) || text.includes(secret)) like.add(secret);
      return like;
    },
  };
}

function* windows(text: string): Generator<string> {
  for (let at = 0; at + SHORTEST_PART <= text.length; at++) yield text.slice(at, at + SHORTEST_PART);
}
