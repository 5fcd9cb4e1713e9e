/** Keeps the findings of the open documents: a text is scanned when its user pauses, and the scan of an older text is ended. */

import { createTurns } from '../lib/turns.ts';
import type { Report } from '../model/report.ts';
import { type Place, placesIn } from './places.ts';
import type { TextDocument } from './protocol.ts';

/** The result for one version of a document. */
export interface Checked {
  readonly version: number;
  /** Undefined if the file is left out. */
  readonly report: Report | undefined;
  readonly places: readonly Place[];
}

export interface DocumentChecksOptions {
  /** The scan of a text; undefined if it is left out. Errors of the policy are reported by it. */
  readonly scan: (document: TextDocument, bytes: Uint8Array, signal: AbortSignal) => Promise<Report | undefined>;
  /** Receives the result for the newest version of a document that is still open. */
  readonly onChecked: (document: TextDocument, checked: Checked) => void;
  /** Receives an error of the scan. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds without a change after which a text is scanned. */
  readonly pause: number;
}

interface State {
  document: TextDocument;
  timer: NodeJS.Timeout | undefined;
  running: { readonly ended: Promise<void>; readonly stop: AbortController } | undefined;
  checked: Checked | undefined;
}

export class DocumentChecks {
  readonly #options: DocumentChecksOptions;
  readonly #states = new Map<string, State>();
  /** One scan at a time, because each takes memory. */
  readonly #turn = createTurns();

  constructor(options: DocumentChecksOptions) {
    this.#options = options;
  }

  /** The document has a new text, or the policy is another. @param pause milliseconds; default: none for a new document */
  changed(document: TextDocument, pause?: number): void {
    const { uri } = document;
    const known = this.#states.get(uri);
    const state = known ?? { document, timer: undefined, running: undefined, checked: undefined };
    this.#states.set(uri, state);
    state.document = document;
    state.checked = undefined;
    this.#stop(state);
    state.timer = setTimeout(() => this.#start(state), pause ?? (known === undefined ? 0 : this.#options.pause));
  }

  closed({ uri }: Pick<TextDocument, 'uri'>): void {
    const state = this.#states.get(uri);
    if (state === undefined) return;
    this.#stop(state);
    this.#states.delete(uri);
  }

  /** The result for the text as it is now, without a pause; undefined if the document is not open or cannot be scanned. */
  async current(uri: string): Promise<Checked | undefined> {
    const state = this.#states.get(uri);
    if (state === undefined) return undefined;
    if (state.timer !== undefined) this.#start(state);
    await state.running?.ended;
    // It may have changed again.
    return state.checked?.version === state.document.version ? state.checked : undefined;
  }

  close(): void {
    for (const state of this.#states.values()) this.#stop(state);
    this.#states.clear();
  }

  #stop(state: State): void {
    clearTimeout(state.timer);
    state.timer = undefined;
    state.running?.stop.abort();
    state.running = undefined;
  }

  #start(state: State): void {
    clearTimeout(state.timer);
    state.timer = undefined;
    const stop = new AbortController();
    const ended = this.#run(state, stop.signal).catch(this.#options.onError);
    state.running = { ended, stop };
  }

  async #run(state: State, signal: AbortSignal): Promise<void> {
    const done = await this.#turn();
    try {
      if (signal.aborted) return;
      const { document } = state;
      const { version } = document;
      const text = document.getText();
      const bytes = Buffer.from(text);
      const report = await this.#options.scan(document, bytes, signal);
      if (signal.aborted) return;
      state.checked = { version, report, places: report === undefined ? [] : placesIn(report, text, bytes) };
      this.#options.onChecked(document, state.checked);
    } finally {
      done();
    }
  }
}
