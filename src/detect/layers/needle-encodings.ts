/** The encodings in which each needle of a layer may be a piece of a keyword. */

import type { Encoding, NeedleFacts, Text } from '../encodings/encoding.ts';
import { ENCODINGS } from '../encodings/index.ts';
import type { KnownNeedles } from '../builtin-needles.ts';
import { beginningsOf, type Needle, pairsOf, phasesOf } from '../needles.ts';
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
  readonly needles: KnownNeedles;
  readonly decoder: Decoder;
  readonly isDecoded: (encoding: Encoding) => boolean;
}

export class NeedleEncodings {
  readonly #needles: KnownNeedles;
  readonly #options: NeedleEncodingsOptions;
  /** By needle, made when the needle is first found. */
  readonly #forms: NeedleForms[] = [];
  /** Needles share their lists, and there are fewer lists than needles. */
  readonly #formsOfList = new Map<Needle['encoded'], NeedleForms>();
  readonly #facts: ReadonlyMap<Encoding, NeedleFacts>;
  #phases: ReturnType<typeof phasesOf> | undefined;
  #escapedPairs: Uint8Array | undefined;

  constructor(options: NeedleEncodingsOptions) {
    this.#options = options;
    this.#needles = options.needles;
    this.#facts = new Map(ENCODINGS.map((encoding) => [encoding, this.#makeFacts(encoding)]));
  }

  formsOf(needle: number): readonly EncodedForm[] {
    return this.#at(needle).forms;
  }

  factsFor(encoding: Encoding): NeedleFacts {
    return this.#facts.get(encoding)!; // there are facts for every encoding
  }

  /** Whether a needle is an escape whose neighbours rule out that it belongs to an escaped keyword. */
  isInertEscape(needle: number, position: number, text: Text): boolean {
    const { areEscapes, forms } = this.#at(needle);
    if (!areEscapes || this.#needles.at(needle).keyword !== undefined) return false;
    for (const { encoding, phase, facts } of forms)
      if (encoding.anchor(text, position, phase, facts) !== undefined) return false;
    return true;
  }

  #at(needle: number): NeedleForms {
    const known = this.#forms[needle];
    if (known !== undefined) return known;
    const { encoded } = this.#needles.at(needle);
    const forms = this.#formsOfList.get(encoded) ?? this.#makeForms(encoded);
    this.#formsOfList.set(encoded, forms);
    return (this.#forms[needle] = forms);
  }

  #makeForms(encoded: Needle['encoded']): NeedleForms {
    const { decoder, isDecoded } = this.#options;
    return {
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
  }

  /** Computed when first needed: most texts have nothing encoded in them. */
  #makeFacts(encoding: Encoding): NeedleFacts {
    const phases = (): ReadonlyMap<string, readonly number[]> | undefined =>
      (this.#phases ??= phasesOf(this.#needles.all())).get(encoding);
    let beginnings: Uint8Array | undefined;
    return {
      phasesOf: (piece) => phases()?.get(piece) ?? [],
      isPair: (first, second) => this.#pairs()[first * 256 + second] === 1,
      get beginnings() {
        return (beginnings ??= beginningsOf([...(phases()?.keys() ?? [])]));
      },
    };
  }

  /** The pairs in everything that may be escaped, and in escapes: they may be escaped again. */
  #pairs(): Uint8Array {
    this.#escapedPairs ??= pairsOf(
      this.#needles.all().filter(({ encoded }) => encoded.some(({ encoding }) => encoding.isDecidedByNeighbours)),
    );
    return this.#escapedPairs;
  }
}
