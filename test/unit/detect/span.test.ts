/** A rule's span bounds what it may match: what reaches beyond is refused, never cut. */

import { expect, it } from 'vitest';
import { createMatcher } from '../../../src/detect/matcher.ts';
import { createKernel } from '../../../src/detect/search/create-kernel.ts';
import { compileRuleset } from '../../../src/rules/compile.ts';
import { builtinRules } from '../../support/rules.ts';
import { bytesInput } from '../../support/find.ts';

const [template] = builtinRules;
const form = { ...template!.forms[0]!, keywords: ['mine_'], pattern: 'mine_[a-z]{10,40}(?![a-z])', maxSpan: 25 };
const { check: _, ...unchecked } = form;
const matcher = createMatcher(compileRuleset([{ ...template!, routable: [], forms: [unchecked] }]), createKernel);

it.each([
  [10, 1],
  [20, 1],
  [21, 0],
  [40, 0],
])('a body of %i letters: %i found', async (length, count) => {
  const text = `x mine_${'abcdefghij'.repeat(5).slice(0, length)} y`;
  const { candidates } = await matcher.match(bytesInput(Buffer.from(text)));
  expect(candidates).toHaveLength(count);
  for (const { region } of candidates) expect(region.byteLength).toBe(5 + length);
});
