/** Hooks and configurations of hook managers that git has checked out with CR LF, and paths as sh on Windows takes them. */

import { describe, expect, it } from 'vitest';
import { addBlock, hasBlock, removeBlock, shellPath } from '../../../src/hooks/block.ts';
import { lefthook, preCommit, removeBlocks } from '../../../src/hooks/managers.ts';

const toCrLf = (text: string): string => text.replaceAll('\n', '\r\n');

describe('a committed hook', () => {
  const own = addBlock('#!/bin/sh\nnpm test\n', 'pre-commit', { kind: 'path' });
  const created = addBlock(undefined, 'pre-commit', { kind: 'path' });

  it('is recognised with CR LF', () => {
    expect(hasBlock(toCrLf(own))).toBe(true);
    expect(removeBlock(toCrLf(own))).toBe('#!/bin/sh\r\nnpm test\r\n');
    expect(removeBlock(toCrLf(created))).toBeUndefined();
  });

  it('is renewed, not extended twice', () => {
    const renewed = addBlock(toCrLf(own), 'pre-commit', { kind: 'path' });
    expect(renewed.match(/>>> glaive/g)).toHaveLength(1);
    expect(renewed).toMatch(/^#!\/bin\/sh\r\n# >>> glaive[^]*<<<\nnpm test\r\n$/);
  });

  it('a mark within a line does not count', () => {
    expect(hasBlock(own.replace('\n# <<< glaive', '\necho # <<< glaive'))).toBe(false);
  });
});

describe.each([
  ['lefthook', lefthook, 'pre-commit: # ours\n  commands: # all\n    test:\n      run: npm test\n'],
  ['pre-commit', preCommit, 'repos: # ours\n  - repo: local\n    hooks: []\n'],
] as const)('the configuration of %s', (_, manager, text) => {
  it('keeps CR LF, and gets it back byte for byte', () => {
    const changed = manager.add(toCrLf(text), ['pre-commit', 'commit-msg']);
    expect(changed).toBe(toCrLf(manager.add(text, ['pre-commit', 'commit-msg'])));
    expect(manager.add(changed, ['pre-commit', 'commit-msg'])).toBe(changed);
    expect(removeBlocks(changed)).toBe(toCrLf(text));
  });

  it('without a line end at the end', () => {
    const cut = toCrLf(text).slice(0, -2);
    expect(removeBlocks(manager.add(cut, ['pre-push']))).toBe(cut);
  });

  it('both kinds of line ends stay where they are', () => {
    const mixed = `# a\r\n${text}`;
    expect(removeBlocks(manager.add(mixed, ['pre-commit']))).toBe(mixed);
  });
});

it('sh on Windows takes slashes', () => {
  expect(shellPath('C:\\Program Files\\nodejs\\node.exe', '\\')).toBe('C:/Program Files/nodejs/node.exe');
  expect(shellPath('\\\\server\\share\\glaive\\main.cjs', '\\')).toBe('//server/share/glaive/main.cjs');
  expect(shellPath('/a\\b', '/')).toBe('/a\\b');
});
