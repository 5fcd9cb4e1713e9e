/**
 * The language server: an editor sends the texts of its open documents, and gets diagnostics, explanations and quick fixes. Texts
 * are only in memory; nothing is written, and nothing is sent to anyone but the editor.
 */

import type { Readable, Writable } from 'node:stream';
import { formatBytes } from '../lib/format-amounts.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import type { TextChecker } from './check-text.ts';
import { ACCEPT_COMMAND, codeActions, type EditAbilities } from './code-actions.ts';
import { note, placeDiagnostic, rangeOf, toDiagnostics } from './diagnostics.ts';
import { DocumentChecks } from './document-checks.ts';
import { EditorMessages } from './editor-messages.ts';
import { acceptCommand, hoverText } from './hover-text.ts';
import {
  CodeActionKind,
  connect,
  type Connection,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  MarkupKind,
  MessageType,
  openDocuments,
  type TextDocument,
  TextDocumentSyncKind,
} from './protocol.ts';
import { isReadOnly, pathOf, Workspace } from './workspace.ts';

export interface ServerOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly version: string;
  readonly cwd: string;
  readonly checker: TextChecker;
  /** Masks secrets in a text. */
  readonly redact: (text: string) => string;
  /** Whether the process with this id is running. */
  readonly isRunning: (pid: number) => boolean;
  /** Ends the server. */
  readonly signal: AbortSignal;
}

/** UTF-16 units of a document. Larger ones are not scanned while their user types. */
const TEXT_MAX = 8_000_000;
/** Milliseconds without a change, after which a text is scanned. */
const PAUSE = 200;
/** Milliseconds between two checks whether the editor is still running. */
const ALIVE_EVERY = 1000;
const FINGERPRINT = /^[0-9a-f]{64}$/;

/** Serves one editor. @returns the exit code: 0 after a shutdown as the protocol has it, else 1 */
export async function serve(options: ServerOptions): Promise<number> {
  const { input, output, signal, isRunning } = options;
  return await new Promise((resolve) => {
    let alive: NodeJS.Timeout | undefined;
    let isShutDown = false;
    let session: Session | undefined;
    let isOver = false;
    const end = (code: number): void => {
      if (isOver) return;
      isOver = true;
      clearInterval(alive);
      session?.close();
      connection.dispose();
      input.destroy();
      resolve(code);
    };
    const lost = (): void => end(isShutDown ? 0 : 1);
    const connection = connect(input, output, {
      initialize({ processId }) {
        clearInterval(alive);
        if (typeof processId !== 'number') return;
        alive = setInterval(() => {
          if (!isRunning(processId)) lost();
        }, ALIVE_EVERY);
      },
      exit: end,
    });
    for (const event of ['end', 'close', 'error']) input.on(event, lost);
    output.on('error', lost);
    signal.addEventListener('abort', lost);
    connection.onInitialize((params) => {
      session?.close();
      session = new Session(connection, params, options);
      return session.abilities();
    });
    connection.onInitialized(() => session?.watch());
    connection.onShutdown(() => {
      isShutDown = true;
      session?.close();
    });
    connection.listen();
  });
}

/** The time between the first request of an editor and its shutdown. */
class Session {
  readonly #connection: Connection;
  readonly #options: ServerOptions;
  readonly #workspace: Workspace;
  readonly #capabilities: InitializeParams['capabilities'];
  readonly #documents = openDocuments(TEXT_MAX);
  readonly #checks: DocumentChecks;
  readonly #messages: EditorMessages;

  constructor(connection: Connection, params: InitializeParams, options: ServerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#capabilities = params.capabilities;
    this.#workspace = new Workspace(params, options.cwd);
    this.#messages = new EditorMessages(connection, options.redact);
    this.#checks = new DocumentChecks({
      pause: PAUSE,
      scan: async (document, bytes, signal) => await this.#scan(document, bytes, signal),
      onChecked: (document, { report, places, version }) =>
        this.#messages.found(
          document.uri,
          report === undefined ? [] : toDiagnostics(places, report, document),
          version,
        ),
      onError: (error) => this.#messages.log(error),
    });
    const documents = this.#documents;
    documents.onDidChangeContent(({ document }) => this.#changed(document));
    documents.onDidSave(({ document }) => {
      options.checker.refresh();
      if (/\/\.glaive[^/]*$/.test(document.uri)) this.#recheck();
      else this.#changed(document, 0);
    });
    documents.onDidClose(({ document }) => {
      this.#checks.closed(document);
      this.#messages.found(document.uri, []);
    });
    documents.listen(connection);
    connection.onDidChangeWatchedFiles(() => this.#recheck());
    connection.onHover(async ({ textDocument: { uri }, position }) => await this.#hover(uri, position));
    connection.onCodeAction(async ({ textDocument: { uri }, range, context: { only } }) => {
      if (only !== undefined && !only.some((kind) => kind === '' || kind === CodeActionKind.QuickFix)) return [];
      const document = documents.get(uri);
      const checked = await this.#checks.current(uri);
      if (document === undefined || checked === undefined) return [];
      return codeActions(range, {
        document,
        path: pathOf(uri),
        places: checked.places,
        abilities: this.#editAbilities(),
        diagnosticOf: (place) => placeDiagnostic(place, document),
      });
    });
    connection.onExecuteCommand(({ command, arguments: [fingerprint] = [] }) => {
      if (command !== ACCEPT_COMMAND || typeof fingerprint !== 'string' || !FINGERPRINT.test(fingerprint)) return;
      const line = acceptCommand({ secretFingerprint: fingerprint });
      this.#messages.say(MessageType.Info, `To allow it, run this in the repository, with your reason: ${line}`);
    });
  }

  /** The response to the first request. */
  abilities(): InitializeResult {
    return {
      serverInfo: { name: 'glaive', version: this.#options.version },
      capabilities: {
        // Every client must support it, and documents are kept in these units.
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        executeCommandProvider: { commands: [ACCEPT_COMMAND] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  /** Asks the editor to report changes of policy files, and of its folders. */
  watch(): void {
    const { workspace } = this.#capabilities;
    if (workspace?.workspaceFolders === true)
      this.#connection.workspace.onDidChangeWorkspaceFolders(({ removed, added }) => {
        this.#workspace.change(removed, added);
        this.#recheck();
      });
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration !== true) return;
    const watchers = ['.glaive.toml', '.glaiveignore', '.glaive-baseline', '.gitignore'].map((name) => ({
      globPattern: `**/${name}`,
    }));
    this.#connection.client
      .register(DidChangeWatchedFilesNotification.type, { watchers })
      .catch((error: unknown) => this.#messages.log(error));
  }

  /** From now on nothing is sent to the editor but responses. */
  close(): void {
    this.#messages.close();
    this.#checks.close();
  }

  #editAbilities(): EditAbilities {
    const { workspace, textDocument } = this.#capabilities;
    const edit = workspace?.workspaceEdit;
    const versioned = edit?.documentChanges === true;
    const edits = textDocument?.codeAction?.codeActionLiteralSupport !== undefined;
    return { edits, versioned, snippets: versioned && edit?.snippetEditSupport === true };
  }

  #recheck(): void {
    this.#options.checker.refresh();
    for (const document of this.#documents.all()) this.#changed(document, 0);
  }

  #changed(document: TextDocument, pause?: number): void {
    if (isReadOnly(document.uri)) return;
    if (!this.#documents.isTooLarge(document)) {
      this.#checks.changed(document, pause);
      return;
    }
    this.#checks.closed(document);
    const message = `Not scanned: it is larger than ${formatBytes(TEXT_MAX)}. To scan it: glaive scan PATH`;
    this.#messages.found(document.uri, [note(document, message)]);
  }

  async #scan({ uri }: TextDocument, bytes: Uint8Array, signal: AbortSignal): Promise<Report | undefined> {
    const path = pathOf(uri);
    const folder = this.#workspace.policyFolder(path);
    try {
      const report = await this.#options.checker.check({ path, folder, bytes, signal });
      this.#messages.repaired(folder);
      return report;
    } catch (error) {
      if (!(error instanceof GlaiveError)) throw error;
      if (!signal.aborted) this.#messages.broken(error, folder);
      return undefined;
    }
  }

  async #hover(uri: string, position: Parameters<TextDocument['offsetAt']>[0]) {
    const document = this.#documents.get(uri);
    const checked = await this.#checks.current(uri);
    if (document === undefined || checked === undefined) return null;
    const offset = document.offsetAt(position);
    const place = checked.places.find(({ span }) =>
      span === undefined ? position.line === 0 : span.start <= offset && offset <= span.end,
    );
    if (place === undefined) return null;
    const isMarkdown = this.#capabilities.textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) ?? false;
    return {
      contents: {
        kind: isMarkdown ? MarkupKind.Markdown : MarkupKind.PlainText,
        value: hoverText(place, isMarkdown),
      },
      range: rangeOf(place.span, document),
    };
  }
}
