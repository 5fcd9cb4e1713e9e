/** How to sign in to Vault with the JWT of a CI job. */

export interface VaultLogin {
  readonly jwt: string;
  /** Absent: the server's default role. */
  readonly role: string | undefined;
  /** The mount path of the JWT auth method. */
  readonly authPath: string;
  readonly namespace: string | undefined;
}
