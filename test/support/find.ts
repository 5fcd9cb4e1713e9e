/** Runs the match and triage of the main path over a text, in this process. */

import { createMatcher } from '../../src/detect/matcher.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import type { Input } from '../../src/model/artifact.ts';
import type { Confidence } from '../../src/model/confidence.ts';
import type { Ruleset } from '../../src/model/ruleset.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { asJobLog } from '../../src/job-logs/index.ts';
import { createRuleLookup } from '../../src/triage/rule-lookup.ts';
import { triage } from '../../src/triage/triage.ts';

/** An input that gives its bytes in pieces of at most `piece` bytes. */
export function bytesInput(bytes: Uint8Array, piece = Number.POSITIVE_INFINITY, uri = 'stdin'): Input {
  return {
    artifact: { kind: 'stdin', uri },
    open() {
      let at = 0;
      return {
        read(target) {
          const count = Math.min(piece, target.length, bytes.length - at);
          target.set(bytes.subarray(at, at + count));
          at += count;
          return count;
        },
        close() {},
      };
    },
  };
}

/** The same, read as a job log. @param masked hears how many values the runner has masked */
export function logInput(log: Uint8Array, piece?: number, masked: (count: number) => void = () => {}): Input {
  return asJobLog(bytesInput(log, piece), { gap() {}, skip() {}, note() {}, scanned() {}, cut() {}, masked });
}

export interface Found {
  readonly ruleId: string;
  readonly confidence: Confidence;
  /** Bytes. */
  readonly start: number;
  readonly end: number;
}

export type Find = (text: string | Uint8Array, now?: Date) => Promise<Found[]>;

/** A function that gives every place of every finding, sorted by position, unlikely ones included. */
export function createFind(ruleset: Ruleset): Find {
  const matcher = createMatcher(ruleset, createKernel);
  const ruleOf = createRuleLookup(ruleset);
  return async (text, now = new Date('2026-11-20T00:00:00Z')) => {
    const input = bytesInput(typeof text === 'string' ? Buffer.from(text) : text);
    const { candidates } = await matcher.match(input);
    return triage(candidates, input.artifact, { ruleOf, now })
      .flatMap(({ ruleId, confidence, regions }) =>
        regions.map(({ byteOffset, byteLength }) => ({
          ruleId,
          confidence,
          start: byteOffset,
          end: byteOffset + byteLength,
        })),
      )
      .toSorted((a, b) => a.start - b.start);
  };
}

/** By the built-in rules. */
export const find: Find = createFind(builtinRuleset());

/** The findings that a report lists when nothing else is asked for. */
export async function findReported(text: string | Uint8Array): Promise<Found[]> {
  return (await find(text)).filter((found) => found.confidence !== 'unlikely');
}
