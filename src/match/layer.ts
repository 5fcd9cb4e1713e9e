/**
 * A text, and what is encoded in it, and in that again: each layer has a kernel over its own bytes. What a deeper layer
 * confirms comes back in places of the text that it was decoded from.
 */

import type { Span } from '../model/region.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { type Confirmed, createConfirm } from './confirm.ts';
import { DecodedRun } from './encodings/decoded-run.ts';
import type { Encoding, Text } from './encodings/encoding.ts';
import { ENCODINGS } from './encodings/index.ts';
import type { Kernel, KernelFactory } from './kernel.ts';
import { type Needle, needlesOf } from './needles.ts';
import { tokenRunEnd } from './token-run.ts';
import type { WideText } from './wide-text.ts';

/** What stands at a place where the kernel found something. */
export interface Found {
  readonly confirmed: readonly Confirmed[];
  /** Everything that must not be shown: what is confirmed, and whatever follows a literal. */
  readonly hidden: readonly Span[];
}

export interface Layer {
  readonly kernel: Kernel;
  /** Bytes of the longest needle. */
  readonly longest: number;
  readonly needles: readonly Needle[];
  /** How many bytes before and after a hit may be read. */
  readonly reach: Ruleset['reach'];
  /** What stands at a hit of the kernel; the first `filled` bytes are known. */
  at(position: number, needle: number, filled: number, wide?: WideText): Found;
  /** To be called when the bytes have changed. */
  forget(): void;
}

/** The artifact's own text is the first of them. */
const LAYERS = 3;
/** Decoded bytes beyond the reach of a rule: the more, the fewer times a long run is decoded. */
const STRIDE = 4096;
const NOTHING: Found = { confirmed: [], hidden: [] };

/** @param capacity bytes of text, given the reach of the layer */
export function createLayer(
  ruleset: Ruleset,
  createKernel: KernelFactory,
  capacity: (reach: Ruleset['reach']) => number,
  depth = 1,
): Layer {
  const needles = needlesOf(ruleset.literals);
  const expansion = Math.max(1, ...ENCODINGS.map((encoding) => encoding.expansion));
  const longest = Math.max(...needles.map(({ text }) => text.length));
  const decodedAfter = ruleset.reach.after + STRIDE;
  const reach = { before: ruleset.reach.before * expansion, after: decodedAfter * expansion + longest };
  const kernel = createKernel(
    needles.map(({ text }) => text),
    capacity(reach),
  );
  const confirm = createConfirm(ruleset, kernel.bytes);
  const runs = new Map<Encoding, DecodedRun>();
  let inner: Layer | undefined;

  const atLiteral = (literal: number, position: number, filled: number): Found => {
    const confirmed = confirm(literal, position, 0, filled);
    if (confirmed.length > 0) return { confirmed, hidden: confirmed };
    const after = position + ruleset.literals[literal]!.text.length;
    return { confirmed, hidden: [{ start: after, end: tokenRunEnd(kernel.bytes, after, filled) }] };
  };

  const atEncoded = (encoding: Encoding, phase: number, position: number, text: Text): Found => {
    const anchor = encoding.anchor(text, position, phase);
    if (anchor === undefined) return NOTHING;
    let run = runs.get(encoding);
    if (run === undefined) runs.set(encoding, (run = new DecodedRun(ruleset.reach.before, decodedAfter)));
    else if (run.covers(anchor, ruleset.reach.after)) return NOTHING;
    run.clear();
    encoding.decode(text, anchor, run);
    if (run.length === 0) return NOTHING;
    inner ??= createLayer(ruleset, createKernel, () => ruleset.reach.before + decodedAfter, depth + 1);
    return lookInside(run, encoding, inner);
  };

  return {
    kernel,
    needles,
    longest,
    reach,
    at(position, id, filled, wide) {
      const { literal, encoded } = needles[id]!;
      const raw = literal === undefined ? NOTHING : atLiteral(literal, position, filled);
      if (encoded.length === 0 || depth === LAYERS) return raw;
      const text: Text = { bytes: kernel.bytes, filled, wide };
      const all = [raw, ...encoded.map(({ encoding, phase }) => atEncoded(encoding, phase, position, text))];
      return {
        confirmed: all.flatMap(({ confirmed }) => confirmed),
        hidden: all.flatMap(({ hidden }) => hidden),
      };
    },
    forget() {
      for (const run of runs.values()) run.clear();
    },
  };
}

/** Everything that stands in a decoded run, in places of what it was decoded from. */
function lookInside(run: DecodedRun, encoding: Encoding, layer: Layer): Found {
  const confirmed: Confirmed[] = [];
  const hidden: Span[] = [];
  const { decoded } = run;
  layer.kernel.bytes.set(decoded);
  layer.forget();
  layer.kernel.find(0, decoded.length, (position, needle) => {
    const found = layer.at(position, needle, decoded.length);
    for (const item of found.confirmed)
      confirmed.push({ ...item, ...run.spanOf(item), encodings: [encoding.name, ...item.encodings] });
    for (const span of found.hidden) hidden.push(run.spanOf(span));
  });
  return { confirmed, hidden };
}
