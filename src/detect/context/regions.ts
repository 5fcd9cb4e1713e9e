/** Regions of spans in the window. */

import type { Places } from '../../model/artifact.ts';
import type { Region, Span } from '../../model/region.ts';
import { advanceWide, type WideText } from '../encodings/wide-text.ts';
import type { Kernel } from '../search/kernel.ts';
import { advance, type Place } from './position.ts';

export interface RegionsOptions {
  /** Has the window in its memory. */
  readonly kernel: Kernel;
  /** Offset of the window's first byte. */
  readonly base: number;
  /** The place of that byte, or of an earlier one that is still in the window. */
  readonly place: Place;
  readonly wide: WideText | undefined;
  /** Set when the window shows a view of the artifact. */
  readonly places: Places | undefined;
}

/** Fast for spans in ascending order: lines are counted from the last place that was passed. */
export class Regions {
  readonly #options: RegionsOptions;
  #passed: Place;

  constructor(options: RegionsOptions) {
    this.#options = options;
    this.#passed = options.place;
  }

  /** Later spans begin here or after it; a few may still be before it. */
  pass(offset: number): void {
    if (this.#options.places === undefined) this.#passed = this.placeOf(offset);
  }

  regionOf(span: Span): Region {
    const { places } = this.#options;
    if (places !== undefined) return this.#regionIn(places, span);
    const first = this.placeOf(span.start);
    return toRegion(first, this.placeOf(span.end, first));
  }

  /** @param from the place of an offset that may be before this one */
  placeOf(offset: number, from = this.#passed): Place {
    const { kernel, base, place, wide } = this.#options;
    const to = base + offset;
    const start = to < from.offset ? place : from;
    return wide === undefined ? advance(kernel, base, start, to) : advanceWide(kernel.bytes, base, start, to, wide);
  }

  #regionIn(places: Places, { start, end }: Span): Region {
    const { kernel, base } = this.#options;
    const unitsOf = (from: number, to: number): number => kernel.utf16Units(from - base, to - base);
    const { log, ...first } = places.at(base + start, false, unitsOf);
    const region = toRegion(first, places.at(base + end, true, unitsOf));
    return log === undefined ? region : { ...region, log };
  }
}

function toRegion(first: Place, last: Place): Region {
  return {
    startLine: first.line,
    startColumn: first.column,
    endLine: last.line,
    endColumn: last.column,
    byteOffset: first.offset,
    byteLength: last.offset - first.offset,
  };
}
