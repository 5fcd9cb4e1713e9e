/**
 * What of a text is decoded. A kernel may find something at every few bytes; each byte is decoded a bounded number of
 * times all the same. First a look at a few bytes tells whether anything may stand there, and where one look follows
 * the other they grow; only then as much is decoded as a credential may be long, and more, so that what comes next is
 * known.
 */

import type { Ruleset } from '../model/ruleset.ts';
import { DecodedRun } from './encodings/decoded-run.ts';
import type { Encoding, Text } from './encodings/encoding.ts';

/** Decoded bytes beyond the reach of a rule: the more, the fewer times a long run is decoded. */
const STRIDE = 48 * 1024;
/** A look takes no more. */
const PROBE_MAX = 8 * 1024;
/** More than the longest literal: a piece may stand at its end. */
const PROBE = 40;

/** How many bytes are decoded from an anchor on, at most. */
export const decodedAfter = (reach: Ruleset['reach']): number => reach.after + STRIDE;

/** What was decoded of one encoding: a text may be read in several ways, by where reading begins. */
export interface Readings {
  /** Of a text that is read in one way only: between these places all is known. */
  from: number;
  to: number;
  readonly probes: DecodedRun[];
  readonly runs: DecodedRun[];
  /** Where the last probe ended, and how many bytes it took. */
  end: number;
  size: number;
}

export class Decoder {
  readonly #reach: Ruleset['reach'];
  readonly #mayHold: (decoded: Uint8Array) => boolean;
  readonly #known = new Map<Encoding, Readings>();

  /** @param mayHold whether something may stand in decoded bytes */
  constructor(reach: Ruleset['reach'], mayHold: (decoded: Uint8Array) => boolean) {
    this.#reach = reach;
    this.#mayHold = mayHold;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    for (const readings of this.#known.values()) {
      for (const run of [...readings.probes, ...readings.runs]) run.clear();
      Object.assign(readings, { from: 0, to: 0, end: 0, size: PROBE });
    }
  }

  /** Decodes what stands around an anchor; undefined: nothing stands there, or it was decoded before. */
  decode(encoding: Encoding, anchor: number, text: Text): DecodedRun | undefined {
    const readings = this.of(encoding);
    const { probes, runs } = readings;
    const { before, after } = this.#reach;
    if (encoding.isContainer === true) {
      if (runs.some((run) => run.spans(anchor, after))) return undefined;
    } else {
      for (const run of runs) if (run.covers(anchor, after)) return undefined;
      for (const probe of probes) if (probe.covers(anchor, PROBE)) return undefined;
      const isNext = anchor <= readings.end;
      readings.size = isNext ? Math.min(2 * readings.size, PROBE_MAX) : PROBE;
      const probe = farthestBehind(probes, encoding.readings, () => new DecodedRun(PROBE, PROBE_MAX));
      probe.clear(readings.size);
      encoding.decode(text, anchor, probe);
      readings.end = Math.max(readings.end, probe.end);
      settle(readings, encoding, probe, PROBE);
      if (!this.#mayHold(probe.decoded)) return undefined;
      if (probe.isWhole) return probe.isIdle ? undefined : probe;
    }
    const run = farthestBehind(runs, encoding.readings, () => new DecodedRun(before, decodedAfter(this.#reach)));
    run.clear();
    encoding.decode(text, anchor, run);
    settle(readings, encoding, run, after);
    return run.isIdle ? undefined : run;
  }

  /** What is known of an encoding: always the same object. */
  of(encoding: Encoding): Readings {
    let readings = this.#known.get(encoding);
    if (readings === undefined)
      this.#known.set(encoding, (readings = { from: 0, to: 0, probes: [], runs: [], end: 0, size: PROBE }));
    return readings;
  }
}

/** @param reach decoded bytes that must be known after a place */
function settle(readings: Readings, encoding: Encoding, run: DecodedRun, reach: number): void {
  if (encoding.readings !== 1 || encoding.isContainer === true) return;
  [readings.from, readings.to] = run.settled(reach);
}

/** The one to be written over; a new one as long as there are fewer than `count`. */
function farthestBehind(runs: DecodedRun[], count: number, create: () => DecodedRun): DecodedRun {
  const unused = runs.find((run) => run.length === 0);
  if (unused !== undefined) return unused;
  if (runs.length < count) {
    const run = create();
    runs.push(run);
    return run;
  }
  return runs.reduce((first, run) => (run.end < first.end ? run : first));
}
