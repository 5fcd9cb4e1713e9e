/**
 * A secret that cannot be printed by accident: every implicit way to text (`String()`, template literals,
 * `JSON.stringify`, `console.log`, `util.inspect`) shows {@link MASK}. Only `reveal()` returns the value, and
 * `test/architecture.test.ts` lists the few files that may call it.
 */

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Replaces secrets in output. GitLab Runner writes the same into job logs, so scanners do not take it for a token. */
export const MASK = '[MASKED]';

export class Secret {
  readonly #text: string;

  /** @param text the secret's bytes, one character a byte (latin1), so that any byte sequence is kept exactly */
  constructor(text: string) {
    this.#text = text;
  }

  /** Length in bytes. */
  get length(): number {
    return this.#text.length;
  }

  /** The secret itself, one character a byte (latin1). Never pass the result to an output. */
  reveal(): string {
    return this.#text;
  }

  /** Whether it is `other` with more before it, which ends with `joint`. */
  endsWith(joint: string, other: Secret): boolean {
    return this.#text.endsWith(joint + other.#text);
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [INSPECT](): string {
    return MASK;
  }
}
