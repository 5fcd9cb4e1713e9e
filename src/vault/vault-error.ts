/** A failed request to Vault, with the way out. */

/** Message and hint are in glaive's own words: text of the server is never quoted. */
export class VaultError extends Error {
  readonly hint: string;
  /** Whether a retry may succeed. */
  readonly isTemporary: boolean;

  constructor(
    message: string,
    hint: string,
    { isTemporary = false, cause }: { isTemporary?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'VaultError';
    this.hint = hint;
    this.isTemporary = isTemporary;
  }
}
