/**
 * A secret that cannot be printed by accident: every implicit way to text (`String()`, template literals,
 * `JSON.stringify`, `console.log`, `util.inspect`) shows {@link MASK}. Only `reveal()` gives the value, and
 * lint allows that call in the few files that need it (see `test/architecture.test.ts`).
 */

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Stands wherever a secret stood. GitLab's runner writes the same into job logs, so no scanner takes it for a token. */
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

  /** Whether it is another one with more before it that ends with `joint`. */
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
