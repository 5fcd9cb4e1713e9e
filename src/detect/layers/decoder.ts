/**
 * Decides how much of a text is decoded. Hits may be a few bytes apart, and still each byte is decoded a bounded number
 * of times: first a short probe is decoded and searched for needles, and probes that follow one another double in length;
 * only where a probe has a needle, a run as long as the longest credential is decoded, and a stride more, so that the
 * next hits are covered, too.
 */

import type { Ruleset } from '../../model/ruleset.ts';
import { DecodedRun } from '../encodings/decoded-run.ts';
import type { Encoding, Text } from '../encodings/encoding.ts';

/** Decoded bytes beyond the reach of a rule: the longer, the fewer times a long run is decoded. */
const STRIDE = 48 * 1024;
const PROBE_MAX = 8 * 1024;
/** More than the longest keyword, because a needle of one may be the last thing in a probe. */
const PROBE_MIN = 40;

/** The most bytes that are decoded from an anchor on. */
export const decodedAfter = (reach: Ruleset['reach']): number => reach.after + STRIDE;

/** The runs decoded in one encoding. A text may have several readings: one for each place where decoding may begin. */
export interface Readings {
  /** Hits from here on, up to `settledTo`, need no decoding: the one reading was searched. */
  settledFrom: number;
  settledTo: number;
  readonly probes: DecodedRun[];
  readonly runs: DecodedRun[];
  /** The end of the last probe, and the number of bytes it had room for. */
  probedTo: number;
  probeSize: number;
}

export class Decoder {
  readonly #reach: Ruleset['reach'];
  readonly #containsNeedle: (decoded: Uint8Array) => boolean;
  readonly #readings = new Map<Encoding, Readings>();
  /** Whether anything was decoded since the bytes have changed. */
  #isUsed = false;

  /** @param containsNeedle whether decoded bytes are worth decoding the text around them */
  constructor(reach: Ruleset['reach'], containsNeedle: (decoded: Uint8Array) => boolean) {
    this.#reach = reach;
    this.#containsNeedle = containsNeedle;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    if (!this.#isUsed) return;
    this.#isUsed = false;
    for (const readings of this.#readings.values()) {
      for (const run of [...readings.probes, ...readings.runs]) run.clear();
      Object.assign(readings, { settledFrom: 0, settledTo: 0, probedTo: 0, probeSize: PROBE_MIN });
    }
  }

  /** Decodes the text around an anchor; undefined when it has no needle, or was decoded before. */
  decode(encoding: Encoding, anchor: number, text: Text): DecodedRun | undefined {
    this.#isUsed = true;
    const readings = this.readingsOf(encoding);
    if (encoding.isContainer === true) {
      if (readings.runs.some((run) => run.spans(anchor, this.#reach.after))) return undefined;
    } else {
      if (this.#isCovered(readings, anchor)) return undefined;
      const probe = this.#probe(encoding, anchor, text);
      if (!this.#containsNeedle(probe.decoded)) return undefined;
      if (probe.isWhole) return probe.isRedundant ? undefined : probe;
    }
    const { before, after } = this.#reach;
    const run = runToReuse(readings.runs, encoding.readings, () => new DecodedRun(before, decodedAfter(this.#reach)));
    run.clear();
    encoding.decode(text, anchor, run);
    settle(readings, encoding, run, after);
    return run.isRedundant ? undefined : run;
  }

  #isCovered({ runs, probes }: Readings, anchor: number): boolean {
    for (const run of runs) if (run.covers(anchor, this.#reach.after)) return true;
    for (const probe of probes) if (probe.covers(anchor, PROBE_MIN)) return true;
    return false;
  }

  #probe(encoding: Encoding, anchor: number, text: Text): DecodedRun {
    const readings = this.readingsOf(encoding);
    const isNext = anchor <= readings.probedTo;
    readings.probeSize = isNext ? Math.min(2 * readings.probeSize, PROBE_MAX) : PROBE_MIN;
    const probe = runToReuse(readings.probes, encoding.readings, () => new DecodedRun(PROBE_MIN, PROBE_MAX));
    probe.clear(readings.probeSize);
    encoding.decode(text, anchor, probe);
    readings.probedTo = Math.max(readings.probedTo, probe.end);
    settle(readings, encoding, probe, PROBE_MIN);
    return probe;
  }

  /** Always the same object for an encoding. */
  readingsOf(encoding: Encoding): Readings {
    let readings = this.#readings.get(encoding);
    if (readings === undefined) {
      readings = { settledFrom: 0, settledTo: 0, probes: [], runs: [], probedTo: 0, probeSize: PROBE_MIN };
      this.#readings.set(encoding, readings);
    }
    return readings;
  }
}

/** @param reach decoded bytes that must follow a place before it is settled */
function settle(readings: Readings, encoding: Encoding, run: DecodedRun, reach: number): void {
  if (encoding.readings !== 1 || encoding.isContainer === true) return;
  [readings.settledFrom, readings.settledTo] = run.settled(reach);
}

/** An unused run; a new one while there are fewer than `most`; else the one that ends first. */
function runToReuse(runs: DecodedRun[], most: number, create: () => DecodedRun): DecodedRun {
  const unused = runs.find((run) => run.length === 0);
  if (unused !== undefined) return unused;
  if (runs.length < most) {
    const run = create();
    runs.push(run);
    return run;
  }
  return runs.reduce((first, run) => (run.end < first.end ? run : first));
}
