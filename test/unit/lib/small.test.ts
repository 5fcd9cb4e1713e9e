/** The small helpers. */

import { describe, expect, it } from 'vitest';
import { formatBytes, plural } from '../../../src/lib/format-amounts.ts';
import { wantsColor } from '../../../src/lib/color.ts';
import { suggest } from '../../../src/lib/suggest.ts';

it('suggest: a slip, not a guess', () => {
  expect(suggest('scna', ['scan', 'rules'])).toBe('scan');
  expect(suggest('formt', ['format', 'fail-on'])).toBe('format');
  expect(suggest('xyzzy', ['scan', 'rules'])).toBeUndefined();
});

it('formatBytes and plural', () => {
  expect([formatBytes(0), formatBytes(999), formatBytes(1500), formatBytes(3e9)]).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '3.0 GB',
  ]);
  expect([plural(1, 'file'), plural(2, 'file')]).toEqual(['1 file', '2 files']);
});

describe('wantsColor', () => {
  it.each([
    [{}, true, false, true],
    [{}, false, false, false],
    [{ NO_COLOR: '1' }, true, false, false],
    [{ NO_COLOR: '' }, true, false, true],
    [{ FORCE_COLOR: '1' }, false, false, true],
    [{ FORCE_COLOR: '0' }, true, false, false],
    [{ FORCE_COLOR: '1' }, true, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false, false],
    [{ TERM: 'dumb' }, true, false, false],
  ])('%o, terminal %s, --no-color %s: %s', (env, isTTY, flag, expected) => {
    expect(wantsColor(env, isTTY, flag)).toBe(expected);
  });
});
