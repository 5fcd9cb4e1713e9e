/** What is assigned to names: the cheap tests reject nothing that would be found, and the work grows with the text, not faster. */

import { describe, expect, it } from 'vitest';
import { AssignmentTrials } from '../../src/detect/assignments/assignment-trials.ts';
import { NAMES_APART, namesApart } from '../../src/detect/assignments/names-apart.ts';
import { type Hit, packHit, positionOf } from '../../src/detect/search/hit.ts';
import { findRuns } from '../../src/detect/search/long-runs.ts';
import { RUN_SPAN, RUN_TOKEN_MIN } from '../../src/detect/search/simd/assembly/memory.ts';
import { MatchText, type SearchedBytes } from '../../src/detect/verify/match-text.ts';
import type { OnRejection } from '../../src/detect/verify/verified-match.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { expandExample, seededRandom } from '../../src/rules/examples.ts';
import { Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';

const ruleset = builtinRuleset();
const mint = seededRandom(9);
const value = (kind: string): string => expandExample(`{${kind}}`, mint).text;

const runList = new Uint32Array((RUN_SPAN / RUN_TOKEN_MIN) * 4);
const searched = (bytes: Uint8Array): SearchedBytes => ({
  bytes,
  runs: runList,
  findRuns: (from, to, filled) => findRuns(bytes, from, to, filled, runList),
});

/** Everything at the names in a text that is a credential. */
function found(text: string, onRejection?: OnRejection): string[] {
  const bytes = Buffer.from(text, 'latin1');
  const trials = new AssignmentTrials(ruleset, new MatchText(searched(bytes)), { onRejection });
  return [...text.matchAll(/gitlab|private_token|trigger/gi)]
    .flatMap(({ index }) => trials.at({ position: index, from: 0, to: bytes.length }))
    .map(({ rule, form, start, end }) => `${rule.id} ${form} ${start} ${end}`);
}

const PIECES = [' ', '\n', '\n  ', ': ', '- ', ' => ', ' := ', 'Basic ', 'pipeline trigger token'].concat(
  (
    'gitlab GITLAB_TOKEN private_token trigger_token oauth2 password db_key_base client_secret commit sha256 https:// @git.example.com ' +
    '%3A &quot; = " \' ` / + . , # $ ~ ^ * < > @ ( ) [ ] { } {{ \\ \\n \\x3d :- // %20 %253A | ; -'
  ).split(' '),
);
const KINDS = ['devise:20', 'devise:50', 'hex:30', 'hex:40', 'hex:64', 'hex:128'];

function randomText(random: Random): string {
  const piece = (): string => {
    const kind = random.below(12);
    if (kind === 0) return Buffer.from(`${random.pick(['root', 'oauth2'])}:${value('devise:20')}`).toString('base64');
    return kind < 3 ? `${random.pick(['', '', 't1_'])}${value(random.pick(KINDS))}` : random.pick(PIECES);
  };
  return Array.from({ length: random.between(3, 60) }, piece).join('');
}

describe('the cheap tests', () => {
  it('reject nothing that is a credential', () => {
    const random = new Random(3);
    let credentials = 0;
    for (let run = 0; run < runs({ fast: 500, long: 100_000 }); run++) {
      const text = randomText(random);
      // Where rejections are reported, every value is read.
      const expected = found(text, () => {});
      credentials += expected.length;
      expect(found(text), text).toEqual(expected);
    }
    expect(credentials).toBeGreaterThan(runs({ fast: 50, long: 10_000 }));
  });

  it('leave no text out between names', () => {
    const random = new Random(4);
    for (let run = 0; run < runs({ fast: 300, long: 10_000 }); run++) {
      let position = 0;
      const hits = Array.from({ length: random.between(0, 40) }, () =>
        packHit((position += random.below(random.pick([40, 900, 2000]))), random.below(3)),
      );
      const kept = namesApart([...hits], (needle) => needle > 0);
      const isName = (hit: Hit): boolean => hit !== packHit(positionOf(hit), 0);
      expect(kept.filter((hit) => !isName(hit))).toEqual(hits.filter((hit) => !isName(hit)));
      const places = kept.filter(isName).map(positionOf);
      for (const hit of hits.filter(isName)) {
        const at = positionOf(hit);
        const before = places.findLast((place) => place <= at);
        const after = places.find((place) => place >= at);
        expect(before === at || after === at || after! - before! <= NAMES_APART).toBe(true);
      }
    }
  });
});

/** Bytes that are read one by one, or as text. */
function workOf(text: string): number {
  let work = 0;
  const bytes = Buffer.from(text, 'latin1');
  const counted = new Proxy<Uint8Array>(bytes, {
    get(target, key) {
      work++;
      const property: unknown = Reflect.get(target, key, target);
      return property;
    },
  });
  const plain = new MatchText(searched(bytes));
  const matchText = {
    bytes: counted,
    searched: searched(counted),
    latin1(start: number, end: number) {
      work += end - start;
      return plain.latin1(start, end);
    },
  };
  const trials = new AssignmentTrials(ruleset, matchText as unknown as MatchText, {});
  for (const { index } of text.matchAll(/gitlab/gi)) trials.at({ position: index, from: 0, to: bytes.length });
  return work;
}

describe('twice the text is twice the work', () => {
  it.each(
    Object.entries({
      names: 'gitlab',
      'names and words': 'gitlab token ',
      'long words': `gitlab ${'a'.repeat(300)} `,
      paths: `gitlab/${'ab/'.repeat(40)}`,
      base64: `gitlab=${Buffer.from('oauth2:password').toString('base64').repeat(3)} `,
      checksums: `gitlab ${value('hex:40')} `,
      'checksums of triggers': `gitlab trigger ${value('hex:40')} `,
      values: `gitlab ${value('devise:20')} `,
      'values without blanks': `gitlab,${value('devise:20')},`,
      'values assigned to other names': `gitlab\nsentry_token = "${value('devise:20')}"\n`,
      'one name, many values': `${value('devise:20')}:`,
      escapes: 'gitlab\\n\\x3d%253A',
    }),
  )('%s', (_, unit) => {
    const size = 40_000;
    const once = workOf(`gitlab ${unit.repeat(size / unit.length)}`);
    const twice = workOf(`gitlab ${unit.repeat((2 * size) / unit.length)}`);
    expect(twice).toBeLessThan(2.2 * once);
  });
});
