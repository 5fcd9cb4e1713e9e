/** Why Vault gives or takes nothing, in one sentence, with the way out. */

/** Message and way out are glaive's: what a server says is not repeated. */
export class VaultError extends Error {
  readonly hint: string;
  /** Whether the same request may go well in a moment. */
  readonly isPassing: boolean;

  constructor(
    message: string,
    hint: string,
    { isPassing = false, cause }: { isPassing?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'VaultError';
    this.hint = hint;
    this.isPassing = isPassing;
  }
}
