/** A mistake in what the user asked for, as a value: the command line makes a usage error of it. */

export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
  /** Empty where the message says enough. */
  readonly hint: string;
}
