/** The encodings in which each needle of a layer may be a piece of a keyword. */

import type { Encoding, NeedleFacts, Text } from '../encodings/encoding.ts';
import { ENCODINGS } from '../encodings/index.ts';
import { type Needle, pairsOf, phasesOf } from '../needles.ts';
import type { Decoder, Readings } from './decoder.ts';

/** One encoding in which a needle may be a piece of a keyword. */
interface EncodedForm {
  readonly encoding: Encoding;
  readonly phase: number;
  readonly facts: NeedleFacts;
  /** The decoder's readings in this encoding: always the same object. */
  readonly readings: Readings;
}

interface NeedleForms {
  readonly forms: readonly EncodedForm[];
  /** Whether it is only an escape, if it is no keyword. Those are many, and most are no part of a credential. */
  readonly areEscapes: boolean;
}

export interface NeedleEncodingsOptions {
  readonly needles: readonly Needle[];
  readonly decoder: Decoder;
  readonly isDecoded: (encoding: Encoding) => boolean;
}

export class NeedleEncodings {
  readonly #needles: readonly Needle[];
  /** By needle. */
  readonly #forms: readonly NeedleForms[];
  readonly #facts: ReadonlyMap<Encoding, NeedleFacts>;
  #phases: ReturnType<typeof phasesOf> | undefined;
  #escapedPairs: Uint8Array | undefined;

  constructor({ needles, decoder, isDecoded }: NeedleEncodingsOptions) {
    this.#needles = needles;
    this.#facts = new Map(ENCODINGS.map((encoding) => [encoding, this.#makeFacts(encoding)]));
    // Needles share their lists, and there are fewer lists than needles.
    const known = new Map<Needle['encoded'], NeedleForms>();
    const formsOf = (encoded: Needle['encoded']): NeedleForms => {
      let forms = known.get(encoded);
      if (forms === undefined) {
        forms = {
          areEscapes: encoded.every(({ encoding }) => encoding.isDecidedByNeighbours === true),
          forms: encoded
            .filter(({ encoding }) => isDecoded(encoding))
            .map(({ encoding, phase }) => ({
              encoding,
              phase,
              facts: this.factsFor(encoding),
              readings: decoder.readingsOf(encoding),
            })),
        };
        known.set(encoded, forms);
      }
      return forms;
    };
    this.#forms = needles.map(({ encoded }) => formsOf(encoded));
  }

  formsOf(needle: number): readonly EncodedForm[] {
    return this.#forms[needle]!.forms;
  }

  factsFor(encoding: Encoding): NeedleFacts {
    return this.#facts.get(encoding)!; // there are facts for every encoding
  }

  /** Whether a needle is an escape whose neighbours rule out that it belongs to an escaped keyword. */
  isInertEscape(needle: number, position: number, text: Text): boolean {
    const { areEscapes, forms } = this.#forms[needle]!;
    if (!areEscapes || this.#needles[needle]!.keyword !== undefined) return false;
    for (const { encoding, phase, facts } of forms)
      if (encoding.anchor(text, position, phase, facts) !== undefined) return false;
    return true;
  }

  /** Computed when first needed: most texts have nothing encoded in them. */
  #makeFacts(encoding: Encoding): NeedleFacts {
    return {
      phasesOf: (piece) => (this.#phases ??= phasesOf(this.#needles)).get(encoding)?.get(piece) ?? [],
      isPair: (first, second) => this.#pairs()[first * 256 + second] === 1,
    };
  }

  /** The pairs in everything that may be escaped, and in escapes: they may be escaped again. */
  #pairs(): Uint8Array {
    this.#escapedPairs ??= pairsOf(
      this.#needles.filter(({ encoded }) => encoded.some(({ encoding }) => encoding.isDecidedByNeighbours)),
    );
    return this.#escapedPairs;
  }
}
