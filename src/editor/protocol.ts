/** The Language Server Protocol: the only file that knows its packages. */

import type { Readable, Writable } from 'node:stream';
import { type Connection, createConnection, type InitializeParams, TextDocuments } from 'vscode-languageserver';
import { createProtocolConnection } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

export {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Command,
  type Connection,
  type Diagnostic,
  DiagnosticSeverity,
  DidChangeWatchedFilesNotification,
  type Hover,
  type InitializeParams,
  type InitializeResult,
  MarkupKind,
  MessageType,
  type Range,
  ShowMessageNotification,
  type SnippetTextEdit,
  type TextDocuments,
  TextDocumentSyncKind,
  type TextEdit,
  type WorkspaceEdit,
  type WorkspaceFolder,
} from 'vscode-languageserver';
export type { TextDocument } from 'vscode-languageserver-textdocument';

/** What the protocol says about the life of the server. */
export interface Lifetime {
  /** The client has sent its first request. */
  readonly initialize: (params: InitializeParams) => void;
  /** The client has asked the server to exit. @param code 0 if it asked for a shutdown first, else 1 */
  readonly exit: (code: number) => void;
}

/** A connection over two streams. It never ends the process: it reports to `lifetime`. */
export function connect(input: Readable, output: Writable, lifetime: Lifetime): Connection {
  return createConnection((logger) => createProtocolConnection(input, output, logger), {
    ...lifetime,
    shutdownReceived: false,
  });
}

/** The texts of the open documents, in step with the editor. */
export interface OpenDocuments extends Pick<
  TextDocuments<TextDocument>,
  'get' | 'all' | 'listen' | 'onDidChangeContent' | 'onDidSave' | 'onDidClose'
> {
  /** Whether a text was too large to be kept: its document is empty until the editor sends it again as a whole. */
  readonly isTooLarge: (document: TextDocument) => boolean;
}

/** @param max UTF-16 units of a text that is kept */
export function openDocuments(max: number): OpenDocuments {
  const tooLarge = new WeakSet<TextDocument>();
  const withoutText = (uri: string, languageId: string, version: number): TextDocument => {
    const document = TextDocument.create(uri, languageId, version, '');
    tooLarge.add(document);
    return document;
  };
  const documents = new TextDocuments<TextDocument>({
    create: (uri, languageId, version, text) =>
      text.length > max ? withoutText(uri, languageId, version) : TextDocument.create(uri, languageId, version, text),
    update(document, changes, version) {
      const { uri, languageId } = document;
      const isLost = tooLarge.has(document);
      // A part of a text that was not kept says nothing.
      if (isLost && changes.every((change) => 'range' in change)) return withoutText(uri, languageId, version);
      const known = isLost ? TextDocument.create(uri, languageId, version, '') : document;
      const updated = TextDocument.update(known, changes, version);
      return updated.getText().length > max ? withoutText(uri, languageId, version) : updated;
    },
  });
  return Object.assign(documents, { isTooLarge: (document: TextDocument) => tooLarge.has(document) });
}
