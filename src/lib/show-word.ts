/** Words of the user that messages may repeat. */

/**
 * The word itself, or only its length if it may be a secret that no redactor recognises. Secrets are longer than any command,
 * flag or choice, so a long word is shown only if it is plain lower case, like a flag.
 */
export function showWord(word: string): string {
  return word.length < SHORTEST_SECRET || /^[a-z-]+$/.test(word) ? word : `(${word.length} characters, not shown)`;
}

export const SHORTEST_SECRET = 20;
