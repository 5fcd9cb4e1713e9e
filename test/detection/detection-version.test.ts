/**
 * What is found has a number, `DETECTION_VERSION`: states of earlier scans are kept as long as it is the same. Here are digests of
 * the findings in many texts, with the number that they were made with. Findings in a text that did not change may differ from
 * those only under a higher number.
 *
 * `UPDATE_GOLDEN=1 npx vitest run test/detection/detection-version.test.ts` writes the digests of new texts, and all of them after
 * the number was raised.
 */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DETECTION_VERSION } from '../../src/rules/rules-digest.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { scan } from '../../src/scan/scan.ts';
import { type Sample, detectionSamples } from '../support/detection-samples.ts';
import { logInput, bytesInput } from '../support/find.ts';

const file = join(import.meta.dirname, '..', 'golden', 'detection.json');
/** Enough to see a difference, and too short to look like a credential. */
const DIGITS = 10;

interface Golden {
  readonly version: number;
  /** By the name of a text: digests of the text and of what was found in it, with a blank between. */
  readonly samples: Readonly<Record<string, string>>;
}

const digest = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex').slice(0, DIGITS);

const textOf = (digests = ''): string => digests.slice(0, DIGITS);

async function digestsOf({ name, bytes, isLog, inner = bytes }: Sample): Promise<string> {
  const { findings } = await scan({
    command: 'scan',
    sources: [
      {
        name,
        async *inputs() {
          yield isLog === true ? logInput(bytes) : bytesInput(bytes);
        },
      },
    ],
    ruleset: builtinRuleset(),
    minConfidence: 'unlikely',
    strict: false,
    clock: () => new Date('2026-11-20T00:00:00Z'),
  });
  const lines = findings.flatMap(({ ruleId, confidence, secretFingerprint, artifact, regions }) =>
    regions.map(({ byteOffset, byteLength }) =>
      [ruleId, confidence, secretFingerprint, artifact.entries?.join('!'), byteOffset, byteLength].join(' '),
    ),
  );
  return `${digest(inner)} ${digest(lines.toSorted().join('\n'))}`;
}

it('the same texts have the same findings as long as the number is the same', async () => {
  const samples: Record<string, string> = {};
  for (const sample of detectionSamples()) {
    expect(samples, 'names are given once').not.toHaveProperty([sample.name]);
    samples[sample.name] = await digestsOf(sample);
  }
  const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
  expect(DETECTION_VERSION).toBeGreaterThanOrEqual(golden.version);
  const changed = Object.entries(golden.samples)
    .filter(([name, digests]) => samples[name] !== digests && textOf(samples[name]) === textOf(digests))
    .map(([name]) => name);
  if (DETECTION_VERSION === golden.version)
    expect(changed, 'other findings in these texts: raise DETECTION_VERSION in src/rules/rules-digest.ts').toEqual([]);
  const now: Golden = { version: DETECTION_VERSION, samples };
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  else expect(golden, 'run it with UPDATE_GOLDEN=1, as its first lines say').toEqual(now);
});
