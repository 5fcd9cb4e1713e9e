/**
 * Findings that appear while a long scan runs: one line each above the progress, on a terminal only. The report follows, so the
 * first few of them are enough; a secret that is in many places, or in many versions of a file, gets one line.
 */

import { endOf } from '../lib/cut.ts';
import { printable } from '../lib/printable.ts';
import { atLeast, type Confidence } from '../model/confidence.ts';
import type { Finding } from '../model/finding.ts';
import { isAccepted } from '../model/suppression.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { ShownProgress } from './progress.ts';

/** More lines would push the first ones off the screen. */
const MOST = 10;
/** Characters of a place: a name of 10 kB would fill the screen. */
const LONGEST = 200;

export interface LiveOptions {
  readonly progress: Pick<ShownProgress, 'say'>;
  readonly ruleset: Ruleset;
  readonly minConfidence: Confidence;
}

/** Shows findings as they come. They hold no secret: the line has a place and a type. */
export function liveFindings({
  progress,
  ruleset,
  minConfidence,
}: LiveOptions): (findings: readonly Finding[]) => void {
  const names = new Map(ruleset.rules.map(({ id, name }) => [id, name]));
  const seen = new Set<string>();
  return (findings) => {
    for (const finding of findings) {
      if (seen.size > MOST) return;
      const { secretFingerprint, confidence, artifact, regions, ruleId } = finding;
      if (seen.has(secretFingerprint) || !atLeast(confidence, minConfidence) || isAccepted(finding)) continue;
      seen.add(secretFingerprint);
      progress.say(
        seen.size > MOST
          ? 'found: more; see the report at the end'
          : printable(
              `found: ${endOf(`${artifact.uri}:${regions[0].startLine}`, LONGEST)}  ${names.get(ruleId) ?? ruleId}  (${confidence})`,
            ),
      );
    }
  };
}
