/** What the server sends to the editor on its own: diagnostics, messages for the user, lines for its log. */

import { findWorkTree } from '../git/find-work-tree.ts';
import { printable } from '../lib/printable.ts';
import type { GlaiveError } from '../model/errors.ts';
import { brokenPolicy } from './broken-policy.ts';
import { type Connection, type Diagnostic, MessageType, ShowMessageNotification } from './protocol.ts';

export class EditorMessages {
  readonly #connection: Connection;
  readonly #safe: (text: string) => string;
  /** The last problem with the policy of a folder: the user reads each one once. */
  readonly #broken = new Map<string, string>();
  /** Problems in files of a policy, by URI, and the folder whose policy it is. */
  readonly #problems = new Map<string, { readonly folder: string; readonly diagnostic: Diagnostic }>();
  readonly #found = new Map<string, readonly Diagnostic[]>();
  #isOpen = true;

  /** @param redact masks secrets in a text */
  constructor(connection: Connection, redact: (text: string) => string) {
    this.#connection = connection;
    this.#safe = (text) => printable(redact(text));
  }

  /** From now on nothing is sent. */
  close(): void {
    this.#isOpen = false;
  }

  /** Shows the findings of a document in place of its earlier ones. @param version of the document */
  found(uri: string, diagnostics: readonly Diagnostic[], version?: number): void {
    if (diagnostics.length === 0) this.#found.delete(uri);
    else this.#found.set(uri, diagnostics);
    this.#publish(uri, version);
  }

  /** The policy of a folder cannot be used. */
  broken(error: GlaiveError, folder: string): void {
    const { message, place } = brokenPolicy(error, findWorkTree(folder) ?? folder, this.#safe);
    if (this.#broken.get(folder) === message) return;
    this.repaired(folder);
    this.#broken.set(folder, message);
    this.say(MessageType.Error, message);
    if (place === undefined) return;
    this.#problems.set(place.uri, { folder, diagnostic: place.diagnostic });
    this.#publish(place.uri);
  }

  /** The policy of a folder can be used. */
  repaired(folder: string): void {
    if (!this.#broken.delete(folder)) return;
    for (const [uri, problem] of this.#problems) {
      if (problem.folder !== folder) continue;
      this.#problems.delete(uri);
      this.#publish(uri);
    }
  }

  /** Shows a message to the user. */
  say(type: MessageType, message: string): void {
    if (!this.#isOpen) return;
    // The methods of the package for this are requests, which wait for a choice.
    this.#connection.sendNotification(ShowMessageNotification.type, { type, message }).catch(() => {}); // it is closed
  }

  /** A bug: the editor shows it in its log. */
  log(error: unknown): void {
    if (!this.#isOpen) return;
    this.#connection.console.error(
      `internal error: ${this.#safe(error instanceof Error ? error.message : String(error))}`,
    );
  }

  #publish(uri: string, version?: number): void {
    if (!this.#isOpen) return;
    const problem = this.#problems.get(uri)?.diagnostic;
    const diagnostics = [...(problem === undefined ? [] : [problem]), ...(this.#found.get(uri) ?? [])];
    this.#connection
      .sendDiagnostics({ uri, diagnostics, ...(version === undefined ? {} : { version }) })
      .catch(() => {}); // it is closed
  }
}
