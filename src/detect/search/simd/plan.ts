/**
 * Chooses the windows of each needle that the kernel looks up, and the two factors of its hash. The choice decides how
 * much ordinary text passes the kernel's first test, and so how fast it is. It has no influence on the hits.
 *
 * A window is three bytes. It costs as much as there is text that hashes to its slot of the table, which is free if
 * another needle needs the slot anyway, and as much as there is text that is the window itself, which passes later tests
 * more often. A table of frequent trigrams says how much that is.
 */

/** How often trigrams occur in ordinary text. */
export interface Frequencies {
  /** Three bytes each, the first one lowest. */
  readonly trigrams: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

export type Factors = readonly [number, number];
/** Where the two windows of a needle begin in it: at an even and at an odd offset. */
export type Offsets = readonly [even: number, odd: number];

export interface Plan {
  readonly factors: Factors;
  /** By needle. */
  readonly offsets: readonly Offsets[];
}

/** Bytes of the shortest needle. */
export const NEEDLE_MIN = 4;
const SLOTS = 0x10000;
/** Windows begin in this part of a needle, so that hits are found almost in order. */
const REACH = 32;
/** Needles are placed again, because a slot may be shared with a needle that comes later. */
const ROUNDS = 4;
/** What a window that is in the text costs later, relative to one that only has its hash. */
const LATER = 0.5;
/** How much text hashes to each slot that the table does not know, relative to what it knows on average: needles share slots. */
const UNKNOWN = 4;

/** The slot of a window: what `search.ts` computes for eight of them at once. */
export function slotOf(trigram: number, [first, second]: Factors): number {
  return (Math.imul(trigram & 0xffff, first) ^ Math.imul(trigram >>> 8, second)) & (SLOTS - 1);
}

export function trigramAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}

/** Tries several factors. For the same needles and frequencies, the plan is always the same. */
export function planWindows(needles: readonly Uint8Array[], frequencies: Frequencies, tries: number): Plan {
  const random = parkMiller();
  const odd = (): number => (random() & (SLOTS - 1)) | 1;
  const weights = weightsOf(frequencies);
  let best: { readonly plan: Plan; readonly cost: number } | undefined;
  for (let count = 0; count < tries; count++) {
    const factors: Factors = [odd(), odd()];
    const costs = new Costs(weights, factors);
    const offsets = costs.place(needles);
    const cost = costs.total(needles, offsets);
    if (best === undefined || cost < best.cost) best = { plan: { factors, offsets }, cost };
  }
  return best!.plan; // there is at least one try
}

/** Adds needles to a plan: milliseconds, for those that are known only when glaive runs. */
export function extendPlan(
  needles: readonly Uint8Array[],
  { factors, known }: { readonly factors: Factors; readonly known: readonly (Offsets | undefined)[] },
  frequencies: Frequencies,
): Offsets[] {
  return new Costs(weightsOf(frequencies), factors).place(needles, known);
}

function weightsOf({ trigrams, weights }: Frequencies): ReadonlyMap<number, number> {
  return new Map(Array.from(trigrams, (trigram, index) => [trigram, weights[index]!]));
}

class Costs {
  readonly #factors: Factors;
  /** How much text hashes to each slot. */
  readonly #mass = new Float64Array(SLOTS);
  readonly #weights: ReadonlyMap<number, number>;
  /** How many windows of needles are in each slot. */
  readonly #uses = new Uint16Array(SLOTS);

  constructor(weights: ReadonlyMap<number, number>, factors: Factors) {
    this.#factors = factors;
    this.#weights = weights;
    let total = 0;
    for (const weight of weights.values()) total += weight;
    this.#mass.fill((UNKNOWN * total) / SLOTS);
    for (const [trigram, weight] of weights) this.#mass[slotOf(trigram, factors)]! += weight;
  }

  /** @param known offsets that are kept */
  place(needles: readonly Uint8Array[], known: readonly (Offsets | undefined)[] = []): Offsets[] {
    const chosen: [number, number][] = needles.map((_, id) => [...(known[id] ?? [-1, -1])]);
    needles.forEach((needle, id) => {
      if (known[id] !== undefined) for (const offset of known[id]) this.#uses[this.#slot(needle, offset)]!++;
    });
    for (let round = 0; round < ROUNDS; round++) {
      needles.forEach((needle, id) => {
        if (known[id] !== undefined) return;
        for (const parity of [0, 1] as const) {
          const old = chosen[id]![parity];
          if (old >= 0) this.#uses[this.#slot(needle, old)]!--;
          const offset = this.#cheapest(needle, parity);
          chosen[id]![parity] = offset;
          this.#uses[this.#slot(needle, offset)]!++;
        }
      });
    }
    return chosen;
  }

  /** How much text passes the first test, and what each of its windows costs later. */
  total(needles: readonly Uint8Array[], offsets: readonly Offsets[]): number {
    let cost = 0;
    for (let slot = 0; slot < SLOTS; slot++) if (this.#uses[slot]! > 0) cost += this.#mass[slot]!;
    offsets.forEach((both, id) => {
      for (const offset of both) cost += this.#later(needles[id]!, offset);
    });
    return cost;
  }

  #cheapest(needle: Uint8Array, parity: number): number {
    let best = parity;
    let least = Number.POSITIVE_INFINITY;
    for (let offset = parity; offset < Math.min(REACH, needle.length - 2); offset += 2) {
      const slot = this.#slot(needle, offset);
      const cost = (this.#uses[slot]! > 0 ? 0 : this.#mass[slot]!) + this.#later(needle, offset);
      if (cost >= least) continue;
      least = cost;
      best = offset;
    }
    return best;
  }

  #later(needle: Uint8Array, offset: number): number {
    return LATER * (this.#weights.get(trigramAt(needle, offset)) ?? 0);
  }

  #slot(needle: Uint8Array, offset: number): number {
    return slotOf(trigramAt(needle, offset), this.#factors);
  }
}

/** Numbers below 2^23, always the same. */
function parkMiller(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state >>> 8;
  };
}
