/**
 * A decoding layer searches one text, and everything that may be encoded in it. The artifact's own bytes are the text of
 * the first layer. Where its kernel finds a piece of an encoded keyword, the surrounding bytes are decoded into the memory
 * of an inner layer, which has a kernel of its own and searches them in the same way: a token in a JSON string that was
 * encoded as base64 is found by the third layer. A match of an inner layer is reported at the place of the bytes that it
 * was decoded from.
 *
 * The parts of a layer are in `layers/`: matches at plain keywords, the encodings that a needle may belong to, the decoder
 * with its cache of what was decoded, line breaks that split encoded text.
 */

import { PACKED_MARKS, packedStart } from '../lib/packed-base64.ts';
import type { Span } from '../model/region.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { type KnownNeedles, knownNeedlesOf } from './builtin-needles.ts';
import { namesApart } from './assignments/names-apart.ts';
import type { DecodedRun } from './encodings/decoded-run.ts';
import type { Encoding, Text } from './encodings/encoding.ts';
import { ENCODINGS } from './encodings/index.ts';
import type { WideText } from './encodings/wide-text.ts';
import { decodedAfter, Decoder } from './layers/decoder.ts';
import { HitReach } from './layers/hit-reach.ts';
import { LayerText } from './layers/layer-text.ts';
import { MULTI_LINE } from './layers/multi-line.ts';
import { KeywordMatches } from './layers/keyword-matches.ts';
import { join, type Matches, NO_MATCHES, withoutContinued } from './layers/matches.ts';
import { NeedleEncodings } from './layers/needle-encodings.ts';
import { toOuterPlaces, toOuterRejection } from './layers/outer-places.ts';
import { type Needle, separatorOf } from './needles.ts';
import { type Hit, isLineBreak, merged, needleIndexOf, positionOf } from './search/hit.ts';
import type { Kernel, KernelFactory } from './search/kernel.ts';
import type { OnRejection, VerifiedMatch } from './verify/verified-match.ts';

/** As {@link NO_MATCHES}, where something was decoded. */
const NOTHING_DECODED: Matches = { verified: [], hidden: [] };
/** Layers decode this deep; the artifact's own text is the first. */
const DEEPEST = 3;
/** Bytes behind an escape that decide whether it is inert. */
const NEIGHBOURS = 64;
const NAME = 1;
const NO_NAME = 2;

export interface DecodingLayerOptions {
  readonly ruleset: Ruleset;
  readonly createKernel: KernelFactory;
  /** How many bytes of text the layer must have room for, given its reach. */
  readonly capacity: (reach: Ruleset['reach']) => number;
  /**
   * How far encoded text may go: `lines` (the default) also decodes what continues after a blank or on the next line.
   * `words` stops at the end of a word, for a stream, where the next line may not be there yet.
   */
  readonly within?: 'lines' | 'words';
  /** Receives every keyword of a rule that was found but begins no credential. */
  readonly onRejection?: OnRejection | undefined;
  /** 1 (the default) for the artifact's own text. */
  readonly depth?: number;
  /** Those of the rules, if they are known already. */
  readonly needles?: KnownNeedles;
}

export class DecodingLayer {
  readonly kernel: Kernel;
  /** How many bytes before and after a hit may be read. */
  readonly reach: Ruleset['reach'];
  /** Bytes of the longest needle. */
  readonly longest: number;
  readonly #options: DecodingLayerOptions;
  readonly #depth: number;
  readonly #needles: KnownNeedles;
  readonly #keywords: KeywordMatches;
  readonly #encodings: NeedleEncodings;
  readonly #decoder: Decoder;
  readonly #text: LayerText;
  /** By needle: 0 until it was asked. */
  readonly #names: Uint8Array;
  #hitReach: HitReach | undefined;
  #packedMarks: ReadonlySet<number> | undefined;
  #innerLayer: DecodingLayer | undefined;
  /** What the inner layer searches. */
  #decoded: { readonly run: DecodedRun; readonly encoding: Encoding } | undefined;

  constructor(options: DecodingLayerOptions) {
    const { ruleset, createKernel, capacity, within = 'lines', onRejection, depth = 1 } = options;
    const { needles = knownNeedlesOf(ruleset.keywords) } = options;
    const { texts, guards, longest } = needles;
    const expansion = Math.max(1, ...ENCODINGS.map((encoding) => encoding.expansion));
    this.longest = longest;
    this.reach = {
      before: ruleset.reach.before * expansion,
      after: ruleset.reach.after * expansion + this.longest,
    };
    this.kernel = createKernel({ texts, guards }, capacity(this.reach));
    this.#options = { ...options, within };
    this.#depth = depth;
    this.#needles = needles;
    this.#keywords = new KeywordMatches(ruleset, this.kernel, { onRejection, isStream: within === 'words' });
    this.#decoder = new Decoder(ruleset.reach, (decoded) => this.#inner().containsNeedle(decoded));
    this.#encodings = new NeedleEncodings({
      needles,
      decoder: this.#decoder,
      isDecoded: (encoding) => within === 'lines' || encoding.reachesFar !== true,
    });
    this.#text = new LayerText(this.kernel.bytes);
    this.#names = new Uint8Array(texts.length);
  }

  /** Undefined for a line break. */
  needleOf(hit: Hit): Needle | undefined {
    return isLineBreak(hit) ? undefined : this.#needles.at(needleIndexOf(hit));
  }

  /** Whether a compressed value in base64 begins at a hit; the first `filled` bytes of the memory are the text. */
  isPacked(hit: Hit, filled: number): boolean {
    if (isLineBreak(hit)) return false;
    const needle = needleIndexOf(hit);
    this.#packedMarks ??= new Set(PACKED_MARKS.map((mark) => this.#needles.texts.indexOf(mark)));
    if (!this.#packedMarks.has(needle)) return false;
    return packedStart(this.kernel.bytes, this.#needles.texts[needle]!, positionOf(hit), filled) !== undefined;
  }

  /** A byte that occurs in no needle and in no encoded text: nothing is found across it. */
  get separator(): number {
    return separatorOf(this.#needles.all());
  }

  /** All needles (latin1). */
  get needleTexts(): readonly string[] {
    return this.#needles.texts;
  }

  /** Every hit that does not end before `from`, in ascending order. */
  hits(from: number, to: number): Hit[] {
    const hits = this.#needleHits(from, to);
    return this.#hasLineBreaks ? merged(hits, this.kernel.lineBreaks(from, to)) : hits;
  }

  /** As {@link hits} without inert escapes, line breaks and names between others; the bytes before `from` must be those of the text. */
  plausibleHits(from: number, to: number): Hit[] {
    const plausible = this.#needleHits(from, to, this.#text.upTo(to, undefined));
    const hits = this.namesApart(plausible);
    return this.#hasLineBreaks ? merged(hits, this.kernel.splittingBreaks(from, to)) : hits;
  }

  /** Leaves out names between two others. @param hits in ascending order; is changed */
  namesApart(hits: Hit[]): Hit[] {
    return namesApart(hits, (needle) => this.#isName(needle));
  }

  /**
   * One loop without callbacks, because a text full of escapes has a hit every few bytes: filters cost 5 % there.
   *
   * @param text given to leave out inert escapes
   */
  #needleHits(from: number, to: number, text?: Text): Hit[] {
    const decided = to - NEIGHBOURS;
    const hits: Hit[] = [];
    for (const hit of this.kernel.find(Math.max(0, from - this.longest + 1), to)) {
      const position = positionOf(hit);
      const needle = needleIndexOf(hit);
      if (position < from && position + this.#needles.texts[needle]!.length <= from) continue;
      if (text !== undefined && position < decided && this.#encodings.isInertEscape(needle, position, text)) continue;
      hits.push(hit);
    }
    return hits;
  }

  /** Whether a needle is a name, and no piece of anything else. */
  #isName(needle: number): boolean {
    const known = this.#names[needle]!;
    if (known !== 0) return known === NAME;
    const { keyword, encoded } = this.#needles.at(needle);
    const isName = keyword !== undefined && encoded.length === 0 && this.#options.ruleset.keywords[keyword]!.isName;
    this.#names[needle] = isName ? NAME : NO_NAME;
    return isName;
  }

  get #hasLineBreaks(): boolean {
    return this.#depth < DEEPEST && this.#options.within !== 'words';
  }

  /** Matches at a hit. The first `filled` bytes of the memory are the text. */
  matchesAt(hit: Hit, filled: number, wide?: WideText): Matches {
    const position = positionOf(hit);
    const text = this.#text.upTo(filled, wide);
    if (isLineBreak(hit)) return this.#depth === DEEPEST ? NO_MATCHES : this.#matchesAcross(position, text);
    const needle = needleIndexOf(hit);
    const { keyword } = this.#needles.at(needle);
    let matches = keyword === undefined ? NO_MATCHES : this.#keywords.at(keyword, position, filled);
    if (this.#depth === DEEPEST) return matches;
    for (const { encoding, phase, facts, readings } of this.#encodings.formsOf(needle)) {
      if (position >= readings.settledFrom && position < readings.settledTo) continue;
      const anchor = encoding.anchor(text, position, phase, facts);
      if (anchor === undefined) continue;
      const around = this.#matchesAround(anchor, encoding, text);
      matches = join(matches, withoutContinued(around, matches, text));
    }
    return matches;
  }

  /**
   * How many bytes before and after a hit decide what it leads to. The first `filled` bytes of the memory are the text, and all of it.
   *
   * @param matches what {@link matchesAt} has returned
   */
  reachOf(hit: Hit, filled: number, matches: Matches): number {
    const text = this.kernel.bytes.subarray(0, filled);
    const reach = (this.#hitReach ??= new HitReach(this.#options.ruleset));
    if (isLineBreak(hit)) return reach.ofLineBreak(text, positionOf(hit), matches !== NO_MATCHES);
    return reach.ofNeedle(text, positionOf(hit), this.#needles.at(needleIndexOf(hit)));
  }

  /** Matches of rules that apply to a text with nothing else in it; the first `filled` bytes are all of the text. */
  matchesAlone(filled: number): Matches {
    return this.#keywords.alone(filled);
  }

  /** Matches in a text that is all there and fits into the memory. */
  matchesIn(whole: Uint8Array): Matches {
    this.kernel.bytes.set(whole);
    this.forget();
    const verified: VerifiedMatch[] = [];
    const hidden: Span[] = [];
    for (const hit of this.plausibleHits(0, whole.length)) {
      const matches = this.matchesAt(hit, whole.length);
      for (const match of matches.verified) verified.push(match);
      for (const span of matches.hidden) hidden.push(span);
    }
    return { verified, hidden };
  }

  /** Whether the kernel finds anything in bytes that replace the text. */
  containsNeedle(bytes: Uint8Array): boolean {
    this.kernel.bytes.set(bytes);
    return this.kernel.find(0, bytes.length).length > 0;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#keywords.forget();
    this.#decoder.forget();
    this.#text.forget();
  }

  /** NO_MATCHES only if nothing had to be decoded. */
  #matchesAcross(lineBreak: number, text: Text): Matches {
    let matches = NO_MATCHES;
    for (const encoding of MULTI_LINE)
      for (const anchor of encoding.across(text, lineBreak, this.#encodings.factsFor(encoding)))
        matches = join(matches === NO_MATCHES ? NOTHING_DECODED : matches, this.#matchesAround(anchor, encoding, text));
    return matches;
  }

  #matchesAround(anchor: number, encoding: Encoding, text: Text): Matches {
    const run = this.#decoder.decode(encoding, anchor, text);
    if (run === undefined) return NO_MATCHES;
    this.#decoded = { run, encoding };
    return toOuterPlaces(this.#inner().matchesIn(run.decoded), run, encoding);
  }

  /** Made when something is first decoded: most texts never need it, and its memory and its kernel cost milliseconds. */
  #inner(): DecodingLayer {
    const { ruleset, onRejection } = this.#options;
    const { reach } = ruleset;
    this.#innerLayer ??= new DecodingLayer({
      ...this.#options,
      onRejection:
        onRejection &&
        ((rejection) => {
          const { run, encoding } = this.#decoded!; // the inner layer searches nothing else
          onRejection(toOuterRejection(rejection, run, encoding));
        }),
      capacity: () => reach.before + decodedAfter(reach),
      depth: this.#depth + 1,
      needles: this.#needles,
    });
    return this.#innerLayer;
  }
}
