/** Two hex digits for each byte, as dumps and database exports have them; on one line or broken into several. */

import { byteTable } from '../alphabet.ts';
import type { Encoding, Piece } from './encoding.ts';
import { cutPieces, JOININGS, LineSteps } from './lines.ts';

const IS_HEX = byteTable('0123456789abcdefABCDEF');

/** Two bytes and a half: rare enough, and many literals share them. */
const PIECE = 5;

export const hex: readonly Encoding[] = JOININGS.map((joining): Encoding => ({
  name: 'hex',
  readings: 2,
  expansion: 3,
  ...(joining === 'none' ? {} : { reachesFar: true }),
  pieces(literal) {
    const text = Buffer.from(literal.slice(0, 3), 'latin1').toString('hex');
    return [text.slice(0, PIECE), text.slice(0, PIECE).toUpperCase()].map((each): Piece => ({ text: each, phase: 0 }));
  },
  anchor: (text, position) => (joining === 'none' || text.isBroken(position) ? position : undefined),
  ...(joining === 'none'
    ? {}
    : {
        across: (text, position, { phasesOf }) =>
          cutPieces(text, position, IS_HEX, PIECE).flatMap(({ piece, places }) =>
            phasesOf(piece).map(() => places[0]!),
          ),
      }),
  decode(text, anchor, run) {
    const { bytes, filled } = text;
    const lines = new LineSteps(text, IS_HEX, joining, anchor);
    const isPair = (at: number): boolean =>
      at >= 0 && at + 1 < filled && IS_HEX[bytes[at]!] === 1 && IS_HEX[bytes[at + 1]!] === 1;
    const valueAt = (at: number): number => (digit(bytes[at]!) << 4) | digit(bytes[at + 1]!);
    for (let at: number | undefined = anchor; at !== undefined && isPair(at);) {
      if (!run.append(valueAt(at), at, at + 2, lines.style)) break;
      at = isPair(at + 2) ? at + 2 : lines.next(at + 2);
    }
    for (let end: number | undefined = anchor; end !== undefined;) {
      if (!isPair(end - 2)) end = lines.before(end);
      if (end === undefined || !isPair(end - 2) || !run.prepend(valueAt(end - 2), end - 2, end, lines.style)) break;
      end -= 2;
    }
    if (lines.isIdle) run.idle();
  },
}));

function digit(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}
