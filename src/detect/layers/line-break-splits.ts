/** Whether a line break in encoded text splits a needle. Line breaks are many, and few of them do. */

import type { Encoding, NeedleFacts, Text } from '../encodings/encoding.ts';
import { ENCODINGS } from '../encodings/index.ts';
import { LINE_MAX } from '../encodings/lines.ts';
import { CR, EQUALS } from '../../lib/bytes.ts';

export type Split =
  /** An encoded needle may begin before the line break and end after it. */
  | 'needle'
  /** Nothing, as the {@link SPLIT_REACH} bytes before and after it show. */
  | 'nothing'
  /** Nothing, because the encoded text ends there, as the {@link LINE_REACH} bytes before and after it show. */
  | 'end of text';

/** Room for the lines on both sides with their indents and trailing blanks, each {@link LINE_MAX} long at most. */
export const SPLIT_REACH = 8 * LINE_MAX;
export const LINE_REACH = 40;

type MultiLineEncoding = Encoding & Required<Pick<Encoding, 'across'>>;

/** The encodings whose text may be broken into lines anywhere. */
export const MULTI_LINE = ENCODINGS.filter((encoding): encoding is MultiLineEncoding => encoding.across !== undefined);

export function splitAt(position: number, text: Text, factsFor: (encoding: Encoding) => NeedleFacts): Split {
  if (MULTI_LINE.some((encoding) => encoding.across(text, position, factsFor(encoding)).length > 0)) return 'needle';
  const end = position - (position > 0 && text.bytes[position - 1] === CR ? 1 : 0);
  return text.bytes[end - 1] === EQUALS ? 'end of text' : 'nothing';
}
