/** ripgrep searches glaive's keywords, and no more than that: what reading and searching alone cost. Folders only. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileRuleset } from '../../../src/rules/compile.ts';
import { readBuiltinRules } from '../../builtin-rules.ts';
import type { Scanner } from './scanner.ts';

export function ripgrep(root: string): Scanner {
  return {
    name: 'ripgrep, keywords only',
    version: ['rg', '--version'],
    tree: ({ scratch }) => {
      const keywords = join(scratch, 'keywords');
      const { keywords: all } = compileRuleset(readBuiltinRules(root));
      writeFileSync(keywords, all.map(({ text }) => `${text}\n`).join(''));
      const flags = ['-uuu', '--text', '--fixed-strings', '--only-matching', '--byte-offset'];
      return [['rg', ...flags, '--file', keywords, '.']];
    },
  };
}
