/** A text next to a value. */

export interface Mention {
  readonly text: string;
  /** Where it begins: bytes after the value's first byte, negative before it. */
  readonly start: number;
}

/** The place of an index of the text before a value. */
export type Offset = (index: number) => number;

export function mention(match: RegExpExecArray | RegExpMatchArray, group: number, offsetOf: Offset): Mention {
  const text = match[group]!; // of a group that takes part in every match
  return { text, start: offsetOf((match.index ?? 0) + match[0].lastIndexOf(text)) };
}
