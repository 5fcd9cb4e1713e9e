/** A word in single quotes, as sh reads it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The word that such text is; other text stays. */
export function unquoted(text: string): string {
  return /^'.*'$/s.test(text) ? text.slice(1, -1).replaceAll(String.raw`'\''`, "'") : text;
}
