/** Lines that are inserted into a hook are removed again, whatever is around them. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addBlock, hasBlock, type Launcher, removeBlock } from '../../src/hooks/block.ts';

const LAUNCHERS: readonly Launcher[] = [
  { kind: 'path' },
  { kind: 'installed', node: "/opt/it's/node", main: '/x/"y"/$main' },
];
const script = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '#!/bin/sh',
        '#!/usr/bin/env bash',
        'exit 0',
        '# >>> glaive',
        '# >>> other >>>',
        '# <<< other <<<',
        '',
        '\r',
      ),
      fc.string({ maxLength: 12 }).map((text) => Buffer.from(text).toString('latin1')),
    ),
    { maxLength: 8 },
  )
  .chain((lines) => fc.constantFrom('', '\n').map((end) => lines.join('\n') + end));

it('comes out byte for byte, once or twice put in, by either launcher', () => {
  fc.assert(
    fc.property(script, fc.constantFrom(...LAUNCHERS), fc.constantFrom(...LAUNCHERS), (text, first, second) => {
      const once = addBlock(text, 'pre-commit', first);
      expect(hasBlock(once)).toBe(true);
      expect(removeBlock(once)).toBe(text);
      const twice = addBlock(once, 'pre-commit', second);
      expect(twice).toBe(addBlock(addBlock(text, 'pre-commit', second), 'pre-commit', second));
      expect(removeBlock(twice)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

it('a hook that glaive made is gone, and one that was written on is not', () => {
  for (const launcher of LAUNCHERS) {
    const made = addBlock(undefined, 'commit-msg', launcher);
    expect(removeBlock(made)).toBeUndefined();
    expect(removeBlock(`${made}echo mine\n`)).toBe('#!/bin/sh\necho mine\n');
    expect(addBlock(made, 'commit-msg', launcher)).toBe(made);
  }
});
