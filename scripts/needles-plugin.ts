/** The bundler plugin that works out the needles of the built-in rules for the module `virtual:builtin-needles`. */

import { ENCODINGS } from '../src/detect/encodings/index.ts';
import { keyOf, needlesOf } from '../src/detect/needles.ts';
import { compileRuleset } from '../src/rules/compile.ts';
import { readBuiltinRules } from './rules-plugin.ts';

const MODULE = 'virtual:builtin-needles';

export function needlesPlugin(root: string) {
  return {
    name: 'glaive-needles',
    resolveId: (id: string): string | undefined => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id: string): string | undefined {
      if (id !== `\0${MODULE}`) return undefined;
      const { literals } = compileRuleset(readBuiltinRules(root));
      const needles = needlesOf(literals).map(({ text, literal, encoded }) => [
        text,
        literal ?? -1,
        ...encoded.map(({ encoding, phase }) => [ENCODINGS.indexOf(encoding), phase]),
      ]);
      const known = JSON.stringify({ key: keyOf(literals), needles });
      return `export default JSON.parse(${JSON.stringify(known)});`;
    },
  };
}
