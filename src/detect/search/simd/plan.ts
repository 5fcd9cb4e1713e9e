/**
 * Chooses the four bytes of each literal that the kernel tests first, and the literals that share a bucket. The choice
 * decides how much ordinary text passes that test, and so how fast the kernel is. It has no influence on the hits.
 *
 * A bucket is a set of nibbles for each place of a window: the low nibble of its four bytes, and the high nibble of the
 * second and fourth. Literals with like nibbles in one bucket cost less than in two. The cost of a bucket is counted on
 * a sample of text, literals are put where they cost least, and moved while that pays.
 */

import { sampleText } from './sample.ts';

/** Where the window of a literal begins, relative to the literal, and its bucket. */
export interface Slot {
  readonly offset: number;
  readonly bucket: number;
}

/** For a literal: the slot for even addresses and that for odd ones. */
export type Slots = readonly [even: Slot, odd: Slot];

const BUCKETS = 16;
/** The tables of the kernel: for each the byte of a window, and the shift that selects a nibble of it. */
export const MASKS: readonly { readonly byte: number; readonly shift: number }[] = [
  { byte: 0, shift: 0 },
  { byte: 1, shift: 0 },
  { byte: 2, shift: 0 },
  { byte: 3, shift: 0 },
  { byte: 1, shift: 4 },
  { byte: 3, shift: 4 },
];
/** How much work goes into a good plan. */
export interface PlanEffort {
  /** Bytes of sample text. */
  readonly sample: number;
  /** Times that every literal is put where it costs least. */
  readonly rounds: number;
}

/** About 20 seconds of work. */
export const THOROUGH: PlanEffort = { sample: 96 * 1024, rounds: 4 };
/** Milliseconds, for literals that are known only when glaive runs. */
export const QUICK: PlanEffort = { sample: 6 * 1024, rounds: 1 };

const ANY = 0xffff;

/** The nibbles that fit each place of a window, a bit each. */
export type Masks = Uint16Array;

/**
 * Slots for literals of at least 3 bytes; for the same literals always the same.
 *
 * @param known slots that are kept as they are
 */
export function planSlots(
  literals: readonly Uint8Array[],
  effort: PlanEffort,
  known: readonly (Slots | undefined)[] = [],
): Slots[] {
  const planner = new Planner(sampleText(effort.sample));
  const items = literals.flatMap((literal, id) =>
    [0, 1].map((parity) => ({ id, literal, parity, fixed: known[id]?.[parity] })),
  );
  const chosen = new Map<(typeof items)[number], Slot>();
  for (const item of items) {
    if (item.fixed === undefined) continue;
    chosen.set(item, item.fixed);
    planner.add(item.literal, item.fixed);
  }
  const free = items.filter((item) => item.fixed === undefined);
  for (let round = 0; round < effort.rounds; round++) {
    for (const item of free) {
      const old = chosen.get(item);
      if (old !== undefined) planner.remove(item.literal, old);
      const slot = planner.cheapest(item.literal, item.parity);
      chosen.set(item, slot);
      planner.add(item.literal, slot);
    }
  }
  return literals.map((_, id) => {
    const [even, odd] = items.slice(2 * id, 2 * id + 2).map((item) => chosen.get(item)!);
    return [even!, odd!];
  });
}

/** The nibbles that a literal has in a window that begins `offset` after it; a byte outside of it may be anything. */
export function windowMasks(literal: Uint8Array, offset: number): Masks {
  return Uint16Array.from(MASKS, ({ byte, shift }) => {
    const value = literal[offset + byte];
    return value === undefined ? ANY : 1 << ((value >> shift) & 15);
  });
}

/** Calls `visit` for every nibble that fits. */
export function masksOf(masks: Masks, visit: (table: number, nibble: number) => void): void {
  masks.forEach((mask, table) => {
    for (let nibble = 0; nibble < 16; nibble++) if ((mask >> nibble) & 1) visit(table, nibble);
  });
}

class Planner {
  readonly #sample: Uint8Array;
  readonly #members: Masks[][] = Array.from({ length: BUCKETS }, () => []);
  readonly #costs: number[] = Array.from({ length: BUCKETS }, () => 0);

  constructor(sample: Uint8Array) {
    this.#sample = nibblesOf(sample);
  }

  add(literal: Uint8Array, { offset, bucket }: Slot): void {
    this.#members[bucket]!.push(windowMasks(literal, offset));
    this.#costs[bucket] = this.#cost(union(this.#members[bucket]!));
  }

  remove(literal: Uint8Array, { offset, bucket }: Slot): void {
    const gone = windowMasks(literal, offset).join();
    const members = this.#members[bucket]!;
    members.splice(
      members.findIndex((masks) => masks.join() === gone),
      1,
    );
    this.#costs[bucket] = this.#cost(union(members));
  }

  cheapest(literal: Uint8Array, parity: number): Slot {
    let best: Slot | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const offset of offsetsOf(literal, parity)) {
      const masks = windowMasks(literal, offset);
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const members = this.#members[bucket]!;
        const added = this.#cost(union([...members, masks])) - this.#costs[bucket]!;
        if (added < least) {
          least = added;
          best = { offset, bucket };
        }
        if (members.length === 0) break; // all empty buckets are alike
      }
    }
    return best!; // a literal of 3 bytes has a window for either parity
  }

  /** How many windows of the sample fit. */
  #cost(masks: Masks): number {
    if (masks.length === 0) return 0;
    const [m0, m1, m2, m3, m4, m5] = masks as unknown as [number, number, number, number, number, number];
    const sample = this.#sample;
    let count = 0;
    for (let at = 0; at < sample.length; at += MASKS.length) {
      if (
        (m0 >> sample[at]!) & (m1 >> sample[at + 1]!) & (m2 >> sample[at + 2]!) & 1 &&
        (m3 >> sample[at + 3]!) & (m4 >> sample[at + 4]!) & (m5 >> sample[at + 5]!) & 1
      ) {
        count++;
      }
    }
    return count;
  }
}

/** The windows of a parity in which at least three neighbouring bytes are the literal's. */
function offsetsOf(literal: Uint8Array, parity: number): number[] {
  const offsets = Array.from({ length: literal.length }, (_, index) => index - 1);
  return offsets.filter(
    (offset) => (offset & 1) === parity && Math.max(0, offset) + 3 <= Math.min(literal.length, offset + 4),
  );
}

function union(members: readonly Masks[]): Masks {
  if (members.length === 0) return new Uint16Array(0);
  return members.reduce((all, masks) => all.map((mask, index) => mask | masks[index]!));
}

/** The places of every window of a text, one after the other. */
function nibblesOf(text: Uint8Array): Uint8Array {
  const windows = (text.length - 3) >> 1;
  const nibbles = new Uint8Array(windows * MASKS.length);
  for (let window = 0; window < windows; window++) {
    MASKS.forEach(({ byte, shift }, index) => {
      nibbles[window * MASKS.length + index] = (text[2 * window + byte]! >> shift) & 15;
    });
  }
  return nibbles;
}
