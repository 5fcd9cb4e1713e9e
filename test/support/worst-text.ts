/**
 * Searches the text that takes most time per byte, by hill climbing: a short unit is repeated, and changed at random; a change that
 * makes the text slower is kept. Pieces of needles, of encodings and of logs are tried more often than other bytes.
 */

import { Random } from './mint.ts';

/** How a text is read; resolves to the number of credentials in it. */
export type Read = (bytes: Buffer) => number | Promise<number>;

export interface WorstText {
  readonly unit: string;
  /** Milliseconds. */
  readonly ms: number;
  readonly tries: number;
}

export interface ClimbOptions {
  readonly seed: number;
  /** Milliseconds that the search may take. */
  readonly budget: number;
  /** Bytes of each text. */
  readonly size: number;
  /** What units are made of besides single bytes. */
  readonly pieces: readonly string[];
}

const UNIT_MAX = 400;
/** A climb that finds nothing better for so long begins again elsewhere. */
const PATIENCE = 60;
/** Slower by less is noise. */
const BETTER = 1.03;

/** A unit, again and again. */
export function repeated(unit: string, size: number): Buffer {
  return Buffer.from(unit.repeat(Math.ceil(size / unit.length)).slice(0, size), 'latin1');
}

/** The least CPU milliseconds of some runs; undefined for a text with a credential, which is no text made to be slow. */
export async function costOf(read: Read, bytes: Buffer, rounds: number): Promise<number | undefined> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    if ((await read(bytes)) > 0) return undefined;
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

export async function climb(read: Read, { seed, budget, size, pieces }: ClimbOptions): Promise<WorstText> {
  const random = new Random(seed);
  const until = performance.now() + budget;
  let worst = { unit: 'a', ms: 0 };
  let tries = 0;
  while (performance.now() < until) {
    let current = { unit: random.pick(pieces), ms: 0 };
    for (let failures = 0; failures < PATIENCE && performance.now() < until; failures++) {
      const unit = mutated(current.unit, random, pieces);
      tries++;
      const bytes = repeated(unit, size);
      const first = await costOf(read, bytes, 1);
      if (first === undefined || first <= BETTER * current.ms) continue;
      // Once more: a pause of the machine is no slow text.
      const ms = Math.min(first, (await costOf(read, bytes, 2)) ?? 0);
      if (ms <= BETTER * current.ms) continue;
      current = { unit, ms };
      failures = 0;
    }
    if (current.ms > worst.ms) worst = current;
  }
  return { ...worst, tries };
}

function mutated(unit: string, random: Random, pieces: readonly string[]): string {
  const at = random.below(unit.length + 1);
  const to = at + random.below(unit.length - at + 1);
  const byte = (): string => String.fromCharCode(random.below(256));
  const made = random.pick([
    () => unit.slice(0, at) + random.pick(pieces) + unit.slice(at),
    () => unit.slice(0, at) + random.pick(pieces) + unit.slice(to),
    () => unit.slice(0, at) + byte() + unit.slice(at),
    () => unit.slice(0, at) + byte() + unit.slice(at + 1),
    () => unit.slice(0, at) + unit.slice(at, to).repeat(2) + unit.slice(to),
    () => unit.slice(0, at) + unit.slice(to),
    () => random.pick(pieces).slice(0, 1 + random.below(8)) + unit,
  ])();
  return made === '' ? byte() : made.slice(0, UNIT_MAX);
}
