/** The names of the columns of a table, from the statement that created it. */

/** Definitions that begin with these words are no columns. */
const CONSTRAINT = /^(?:constraint|primary|unique|check|foreign)\b/i;
const NAME = /^\s*(?:"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|'((?:[^']|'')*)'|([^\s(,]+))/;

/** Empty if it names none. */
export function columnNames(statement: string): string[] {
  const start = statement.indexOf('(');
  if (start < 0) return [];
  return definitionsIn(statement, start + 1).flatMap((definition) => {
    if (CONSTRAINT.test(definition.trim())) return [];
    const [, ...names] = NAME.exec(definition) ?? [];
    return names.find((name) => name !== undefined) ?? [];
  });
}

/** Separated by commas, outside of brackets and quotes. */
function definitionsIn(statement: string, start: number): string[] {
  const definitions: string[] = [];
  let [depth, from] = [0, start];
  let quote: string | undefined;
  for (let at = start; at < statement.length; at++) {
    const character = statement[at]!;
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if ('"\'`'.includes(character)) quote = character;
    else if (character === '[') quote = ']';
    else if (character === '(') depth++;
    else if (character === ')' && depth-- === 0) return [...definitions, statement.slice(from, at)];
    else if (character === ',' && depth === 0) {
      definitions.push(statement.slice(from, at));
      from = at + 1;
    }
  }
  return definitions;
}
