/** Tokens in texts whose characters have another form: each is found, exactly, in files. */

import { describe, expect, it } from 'vitest';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { bytesInput, logInput } from '../support/find.ts';
import { type KindName, mint, Random } from '../support/mint.ts';
import { TEXT_FORMS } from '../support/text-forms.ts';
import { runs } from '../support/runs.ts';

const matcher = createMatcher(builtinRuleset(), createKernel);
const KINDS: readonly KindName[] = [
  'pat legacy',
  'pat routable v1',
  'deploy',
  'runner typed',
  'runner registration',
  'agent',
];

describe.each(Object.entries(TEXT_FORMS))('%s', (_, write) => {
  it.each(KINDS)('%s is found, exactly', async (kind) => {
    const random = new Random(kind.length);
    for (let done = 0; done < runs({ fast: 5, long: 20 }); done++) {
      const token = mint(kind, random);
      const { before, written, after } = write(token);
      const { candidates } = await matcher.match(bytesInput(Buffer.from(before + written + after, 'latin1')));
      const found = candidates.map(({ secret, region }) => [
        secret.reveal() === token,
        region.byteOffset,
        region.byteOffset + region.byteLength,
      ]);
      expect(found, written).toEqual([[true, before.length, before.length + written.length]]);
    }
  });
});

it.each(Object.entries(TEXT_FORMS).filter(([, write]) => !/[\r\n]/.test(write('glpat-').written)))(
  '%s: in a log, at its raw place',
  async (_, write) => {
    const random = new Random(3);
    const token = mint('pat routable v1', random);
    const { before, written, after } = write(token);
    const header = '2024-05-01T10:00:00.000000Z 01O ';
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const log = `${header}${line}\u001b[0;m${written}${after}`;
    const { candidates } = await matcher.match(logInput(Buffer.from(log, 'latin1')));
    const { byteOffset } = candidates[0]?.region ?? {};
    expect([candidates.length, candidates[0]?.secret.reveal() === token, byteOffset]).toEqual([
      1,
      true,
      header.length + line.length + '\u001b[0;m'.length,
    ]);
  },
);
