/** A mistake in the user's request, as a value: the command line turns it into a usage error. */

export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
  /** Empty if the message is enough. */
  readonly hint: string;
}
