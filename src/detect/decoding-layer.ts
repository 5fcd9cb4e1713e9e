/**
 * A text, and what is encoded in it, and in that again: each layer has a kernel over its own bytes. What a deeper layer
 * confirms comes back in places of the text that it was decoded from.
 */

import type { Span } from '../model/region.ts';
import type { Ruleset, Trial } from '../model/ruleset.ts';
import { TOKEN } from './tokens/alphabet.ts';
import { knownNeedlesOf } from './builtin-needles.ts';
import { type VerifiedMatch, createMatchVerifier } from './verify-match.ts';
import { Decoder, decodedAfter } from './decoder.ts';
import type { DecodedRun } from './encodings/decoded-run.ts';
import type { Encoding, Known, Text } from './encodings/encoding.ts';
import { ENCODINGS } from './encodings/index.ts';
import { LINE_MAX } from './encodings/lines.ts';
import { ascending, type Hit, isLineBreak, needleIndexOf, packLineBreak, positionOf } from './search/hit.ts';
import type { Kernel, KernelFactory } from './search/kernel.ts';
import { type Needle, pairsOf, phasesOf, separatorOf } from './needles.ts';
import { Texts } from './texts.ts';
import type { WideText } from './encodings/wide-text.ts';
import { TokenRuns } from './tokens/token-runs.ts';

const CR = 0x0d;
const EQUALS = 0x3d;

/** What stands at a place where the kernel found something. */
export interface Found {
  readonly confirmed: readonly VerifiedMatch[];
  /** Everything that must not be shown: what is confirmed, and whatever follows a literal. */
  readonly hidden: readonly Span[];
}

/**
 * `something` that a literal may begin with; else `nothing`, as the text within {@link CUT_REACH} tells; or the line was
 * not broken because it was full (`no line`), as {@link LINE_REACH} bytes before it and after tell.
 */
export type Cut = 'something' | 'nothing' | 'no line';

/** Lines, each with what it is indented by, and blanks after it: those of two pieces that go back two characters. */
export const CUT_REACH = 8 * LINE_MAX;
export const LINE_REACH = 40;

export interface DecodingLayer {
  readonly kernel: Kernel;
  /** How many bytes before and after a hit may be read. */
  readonly reach: Ruleset['reach'];
  /** What was found at a hit; undefined: a line feed. */
  needleOf(hit: Hit): Needle | undefined;
  /** Bytes of the longest that the kernel finds. */
  readonly longest: number;
  /** A byte that stands in nothing that the kernel finds. */
  readonly separator: number;
  /** A bit for each two bytes that stand side by side in what it finds. */
  readonly pairs: Uint8Array;
  /** Whether the kernel finds anything in bytes that are put in the place of all others. */
  holds(bytes: Uint8Array): boolean;
  /**
   * What the kernel finds that does not end before `from`, in ascending order of position.
   *
   * @param isAll whether the bytes before `from` are those of the text: then escapes are left out whose neighbours tell
   *   that they mean nothing
   */
  hits(from: number, to: number, isAll?: boolean): Hit[];
  /** What stands at a hit; the first `filled` bytes are known. */
  at(hit: Hit, filled: number, wide?: WideText): Found;
  /** What stands in a text that holds nothing else; the first `filled` bytes are all of it. */
  alone(filled: number): Found;
  /** What it cuts in two, told by the text alone. */
  cutAt(position: number, text: Text): Cut;
  /** To be called when the bytes have changed. */
  forget(): void;
}

/** The artifact's own text is the first of them. */
const LAYERS = 3;
/** Bytes after an escape that tell whether it means something. */
const NEIGHBOURS = 64;
const NOTHING: Found = { confirmed: [], hidden: [] };
const NOWHERE: Span = { start: 0, end: 0 };

/**
 * @param capacity bytes of text, given the reach of the layer
 * @param inWords what is encoded ends with its word: for a text of which more may come
 */
export function createDecodingLayer(
  ruleset: Ruleset,
  createKernel: KernelFactory,
  capacity: (reach: Ruleset['reach']) => number,
  depth = 1,
  inWords = false,
): DecodingLayer {
  const needles = knownNeedlesOf(ruleset.literals);
  const expansion = Math.max(1, ...ENCODINGS.map((encoding) => encoding.expansion));
  const longest = Math.max(...needles.map(({ text }) => text.length));
  const reach = {
    before: ruleset.reach.before * expansion,
    after: ruleset.reach.after * expansion + longest,
  };
  const kernel = createKernel(
    needles.map(({ text }) => text),
    capacity(reach),
  );
  const confirm = createMatchVerifier(ruleset, kernel.bytes);
  let pairs: Uint8Array | undefined;
  /** Of what may be escaped, and of what escapes are made of: they may be escaped again. */
  const isPairIn = (): Uint8Array =>
    (pairs ??= pairsOf(needles.filter(({ encoded }) => encoded.some(({ encoding }) => encoding.isToldByNeighbours))));
  let phases: ReturnType<typeof phasesOf> | undefined;
  /** What encodings ask about what is searched. */
  const knownTo = (encoding: Encoding): Known => ({
    phasesOf: (piece) => (phases ??= phasesOf(needles)).get(encoding)?.get(piece) ?? [],
    isPair: (first, second) => isPairIn()[first * 256 + second] === 1,
  });
  const known = new Map(ENCODINGS.map((encoding) => [encoding, knownTo(encoding)]));
  const runsOfTokens = new TokenRuns(kernel.bytes, TOKEN);
  const texts = new Texts(kernel.bytes);
  let inner: DecodingLayer | undefined;
  const innerCapacity = (): number => ruleset.reach.before + decodedAfter(ruleset.reach);
  const innerLayer = (): DecodingLayer =>
    (inner ??= createDecodingLayer(ruleset, createKernel, innerCapacity, depth + 1, inWords));
  const decoder = new Decoder(ruleset.reach, (decoded) => innerLayer().holds(decoded));

  const looks = needles.map(({ encoded }) =>
    encoded
      .filter(({ encoding }) => !inWords || encoding.reachesFar !== true)
      .map((one) => ({ ...one, known: known.get(one.encoding)!, readings: decoder.of(one.encoding) })),
  );
  /** Which needles mean nothing but that their neighbours are worth a look. */
  const areEscapes = needles.map(
    ({ literal, encoded }) => literal === undefined && encoded.every(({ encoding }) => encoding.isToldByNeighbours),
  );

  const begins = ruleset.literals.map(({ trials }) => trials.some(beginsCredential));
  /** What was hidden last. */
  let hidden: Span = NOWHERE;
  const atLiteral = (literal: number, position: number, filled: number): Found => {
    const confirmed = confirm.at(literal, position, 0, filled);
    if (confirmed.length > 0) {
      return { confirmed, hidden: confirmed.map(hiddenWith) };
    }
    if (begins[literal] !== true) return NOTHING;
    const start = position + ruleset.literals[literal]!.text.length;
    const end = runsOfTokens.endOf(start, filled);
    // Literals may stand side by side: what the first of them hides is hidden.
    if (end <= start || (start >= hidden.start && end <= hidden.end)) return NOTHING;
    hidden = { start, end };
    return { confirmed, hidden: [hidden] };
  };

  const atAnchor = (encoding: Encoding, anchor: number, text: Text): Found => {
    const run = decoder.decode(encoding, anchor, text);
    return run === undefined ? NOTHING : lookInside(run, encoding, innerLayer());
  };

  /** Looks at what a line feed may cut; there are many line feeds, and few of them cut anything. */
  const atBreak = (position: number, text: Text): Found => {
    let found = NOTHING;
    for (const encoding of ACROSS)
      for (const anchor of encoding.across(text, position, known.get(encoding)!))
        found = join(found, atAnchor(encoding, anchor, text));
    return found;
  };

  const isIdle = (needle: number, position: number, text: Text): boolean =>
    looks[needle]!.every(
      ({ encoding, phase, known: own }) => encoding.anchor(text, position, phase, own) === undefined,
    );

  return {
    kernel,
    reach,
    longest,
    separator: separatorOf(needles),
    get pairs() {
      const bits = new Uint8Array(0x10000 / 8);
      pairsOf(needles).forEach((isIn, pair) => (bits[pair >> 3]! |= isIn << (pair & 7)));
      return bits;
    },
    needleOf: (hit) => needles[needleIndexOf(hit)],
    at(hit, filled, wide) {
      const position = positionOf(hit);
      const text = texts.of(filled, wide);
      if (isLineBreak(hit)) return depth === LAYERS ? NOTHING : atBreak(position, text);
      const index = needleIndexOf(hit);
      const { literal } = needles[index]!;
      let found = literal === undefined ? NOTHING : atLiteral(literal, position, filled);
      if (depth === LAYERS) return found;
      for (const { encoding, phase, known: own, readings } of looks[index]!) {
        if (position >= readings.from && position < readings.to) continue;
        const anchor = encoding.anchor(text, position, phase, own);
        if (anchor !== undefined) found = join(found, atAnchor(encoding, anchor, text));
      }
      return found;
    },
    holds(bytes) {
      kernel.bytes.set(bytes);
      return kernel.find(0, bytes.length).length > 0;
    },
    hits(from, to, isAll = false) {
      const text = texts.of(to, undefined);
      const hits = kernel.find(Math.max(0, from - longest + 1), to).filter((hit) => {
        const position = positionOf(hit);
        const needle = needleIndexOf(hit);
        if (position + needles[needle]!.text.length <= from) return false;
        return !(isAll && areEscapes[needle] === true && position < to - NEIGHBOURS && isIdle(needle, position, text));
      });
      if (depth === LAYERS || inWords) return hits;
      const breaks = kernel.lineBreaks(from, to).map(packLineBreak);
      return breaks.length === 0 ? hits : [...hits, ...breaks].sort(ascending);
    },
    alone(filled) {
      const confirmed = confirm.alone(filled);
      return confirmed.length === 0 ? NOTHING : { confirmed, hidden: confirmed.map(hiddenWith) };
    },
    cutAt(position, text) {
      if (ACROSS.some((encoding) => encoding.across(text, position, known.get(encoding)!).length > 0))
        return 'something';
      const end = position - (position > 0 && text.bytes[position - 1] === CR ? 1 : 0);
      return text.bytes[end - 1] === EQUALS ? 'no line' : 'nothing';
    },
    forget() {
      runsOfTokens.forget();
      hidden = NOWHERE;
      confirm.forget();
      decoder.forget();
      texts.forget();
    },
  };
}

/** Those in which a line may end anywhere. */
const ACROSS = ENCODINGS.filter((encoding) => encoding.across !== undefined) as readonly (Encoding &
  Required<Pick<Encoding, 'across'>>)[];

/** What follows is secret even where no rule confirms it: a token with one character too many is nothing to print. */
function beginsCredential(trial: Trial): boolean {
  return trial.kind === 'routable' || !trial.form.context;
}

function join(one: Found, other: Found): Found {
  if (other === NOTHING) return one;
  if (one === NOTHING) return other;
  return { confirmed: [...one.confirmed, ...other.confirmed], hidden: [...one.hidden, ...other.hidden] };
}

/** Everything that stands in a decoded run, in places of what it was decoded from. */
function lookInside(run: DecodedRun, encoding: Encoding, layer: DecodingLayer): Found {
  const confirmed: VerifiedMatch[] = [];
  const hidden: Span[] = [];
  const { decoded } = run;
  const namesOf = (span: Span): readonly string[] => encoding.namesOf?.(run.stylesOf(span)) ?? [encoding.name];
  layer.kernel.bytes.set(decoded);
  layer.forget();
  for (const hit of layer.hits(0, decoded.length, true)) {
    const found = layer.at(hit, decoded.length);
    for (const item of found.confirmed)
      confirmed.push({
        ...item,
        ...run.spanOf(item),
        ...(item.runEnd === undefined ? {} : { runEnd: run.spanOf({ start: item.start, end: item.runEnd }).end }),
        ...(item.instance === undefined ? {} : { instance: { ...item.instance, ...run.spanOf(item.instance) } }),
        encodings: [...namesOf(item), ...item.encodings],
        nearby: item.nearby.map((hint) => ({ ...hint, ...run.spanOf(hint) })),
      });
    for (const span of found.hidden) hidden.push(run.spanOf(span));
  }
  return { confirmed, hidden };
}

/** A confirmed place with what may belong to it, before it and after. */
function hiddenWith({ start, end, instance, runEnd }: VerifiedMatch): Span {
  return { start: instance?.start ?? start, end: runEnd ?? end };
}
