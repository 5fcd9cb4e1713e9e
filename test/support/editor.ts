/** An editor: a client of the Language Server Protocol, with `glaive lsp` as a process behind it. */

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import {
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type Hover,
  type InitializeResult,
  type PublishDiagnosticsParams,
  type ShowMessageParams,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Started, startGlaive, until } from './run-program.ts';

export interface EditorOptions {
  readonly folder: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly capabilities?: object;
  readonly processId?: number | null;
}

export type Range = Diagnostic['range'];

const CAPABILITIES = {
  workspace: {
    workspaceEdit: { documentChanges: true },
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  textDocument: { hover: { contentFormat: ['markdown'] }, codeAction: { codeActionLiteralSupport: {} } },
};

export class Editor {
  readonly server: Started;
  readonly #connection: ReturnType<typeof createProtocolConnection>;
  readonly #folder: string;
  readonly #versions = new Map<string, number>();
  readonly published = new Map<string, PublishDiagnosticsParams>();
  /** How often the server has sent diagnostics. */
  publications = 0;
  readonly messages: ShowMessageParams[] = [];
  readonly logged: ShowMessageParams[] = [];
  readonly watched: unknown[] = [];
  /** Everything that the server has sent. */
  readonly received: () => string;

  constructor(server: Started, folder: string) {
    this.server = server;
    this.#folder = folder;
    const pieces: Buffer[] = [];
    server.child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    this.received = () => Buffer.concat(pieces).toString('utf8');
    this.#connection = createProtocolConnection(server.child.stdout, server.child.stdin);
    this.#connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.set(params.uri, params);
      this.publications++;
    });
    this.#connection.onNotification('window/showMessage', (params: ShowMessageParams) => {
      this.messages.push(params);
    });
    this.#connection.onNotification('window/logMessage', (params: ShowMessageParams) => {
      this.logged.push(params);
    });
    this.#connection.onRequest('client/registerCapability', (params: { registrations: unknown[] }) => {
      this.watched.push(...params.registrations);
      return null;
    });
    this.#connection.onError(() => {});
    this.#connection.listen();
  }

  async initialize({ folder, capabilities = CAPABILITIES, processId = process.pid }: EditorOptions) {
    const result = await this.#connection.sendRequest<InitializeResult>('initialize', {
      processId,
      rootUri: folder === undefined ? null : pathToFileURL(folder).href,
      workspaceFolders: folder === undefined ? null : [{ uri: pathToFileURL(folder).href, name: 'folder' }],
      capabilities,
    });
    await this.#connection.sendNotification('initialized', {});
    return result;
  }

  /** The URI of a file of the folder. */
  uriOf(name: string): string {
    return name.includes(':') ? name : pathToFileURL(join(this.#folder, name)).href;
  }

  /** Opens a document, and waits for its diagnostics. */
  async open(name: string, text: string, languageId = 'plaintext'): Promise<Diagnostic[]> {
    const uri = this.uriOf(name);
    this.#versions.set(uri, 1);
    this.published.delete(uri);
    await this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
    return await this.diagnostics(name);
  }

  /** Changes a document; without a range its whole text. */
  async change(name: string, text: string, range?: Range): Promise<void> {
    const uri = this.uriOf(name);
    const version = this.#versions.get(uri)! + 1; // it is open
    this.#versions.set(uri, version);
    const contentChanges = [range === undefined ? { text } : { range, text }];
    await this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  }

  async close(name: string): Promise<void> {
    await this.notify('textDocument/didClose', { textDocument: { uri: this.uriOf(name) } });
  }

  /** The diagnostics of the newest version of a document. */
  async diagnostics(name: string): Promise<Diagnostic[]> {
    const uri = this.uriOf(name);
    await until(() => {
      const { version } = this.published.get(uri) ?? {};
      return this.published.has(uri) && (version === undefined || version === this.#versions.get(uri));
    });
    return this.published.get(uri)!.diagnostics; // until it is there
  }

  /** Waits until the diagnostics of a document are so. */
  async untilDiagnostics(name: string, isSo: (diagnostics: readonly Diagnostic[]) => boolean): Promise<void> {
    await until(() => isSo(this.published.get(this.uriOf(name))?.diagnostics ?? []));
  }

  async hover(name: string, position: Range['start']): Promise<string | undefined> {
    const hover = await this.request<Hover | null>('textDocument/hover', {
      textDocument: { uri: this.uriOf(name) },
      position,
    });
    return hover === null ? undefined : (hover.contents as { value: string }).value;
  }

  async actions(name: string, range: Range): Promise<CodeAction[]> {
    return await this.request('textDocument/codeAction', {
      textDocument: { uri: this.uriOf(name) },
      range,
      context: { diagnostics: [] },
    });
  }

  async request<T>(method: string, params?: object): Promise<T> {
    return await this.#connection.sendRequest<T>(method, params);
  }

  async notify(method: string, params?: object): Promise<void> {
    await this.#connection.sendNotification(method, params);
  }

  /** The memory of the server, in bytes. */
  memory(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.server.child.pid}/status`, 'utf8'))!;
    return Number(kilobytes) * 1024;
  }

  /** Ends the server as the protocol has it. */
  async shutDown(): Promise<void> {
    await this.request('shutdown');
    await this.notify('exit');
  }
}

/** Starts a server, and says hello. */
export async function openEditor(options: EditorOptions): Promise<Editor> {
  const cwd = options.folder ?? '/';
  const editor = new Editor(
    startGlaive(['lsp', ...(options.args ?? [])], { cwd, ...(options.env && { env: options.env }) }),
    cwd,
  );
  await editor.initialize(options);
  return editor;
}

/** A text after an edit of the server; an edit of another document or version is refused. */
export function applied(text: string, edit: WorkspaceEdit, uri: string, version: number): string {
  const [change, ...others] = edit.documentChanges ?? [];
  if (change === undefined || others.length > 0 || !('edits' in change)) throw new Error('not one document');
  if (change.textDocument.uri !== uri || change.textDocument.version !== version) throw new Error('a stale edit');
  return TextDocument.applyEdits(TextDocument.create(uri, '', version, text), change.edits as TextEdit[]);
}
