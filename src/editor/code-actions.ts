/** What an editor offers to do about a finding. */

import type { Finding } from '../model/finding.ts';
import { type Insertion, allowInsertions } from './allow-edit.ts';
import { commentOf, variableSyntaxOf } from './languages.ts';
import type { Place, PlaceSpan } from './places.ts';
import {
  type CodeAction,
  CodeActionKind,
  type Command,
  type Diagnostic,
  type Range,
  type SnippetTextEdit,
  type TextDocument,
  type TextEdit,
  type WorkspaceEdit,
} from './protocol.ts';
import { variableEdit } from './variable-edit.ts';
import { variableName } from './variable-name.ts';

/** Shows how a finding is accepted in the baseline; its argument is the fingerprint of the secret. */
export const ACCEPT_COMMAND = 'glaive.accept';

/** What the client can do. */
export interface EditAbilities {
  /** Edits may name the version of the document, so that a stale one is refused. */
  readonly versioned: boolean;
  /** Actions may have edits; else they are commands. */
  readonly edits: boolean;
  /** Edits may have fields that the user fills in. */
  readonly snippets: boolean;
}

export interface ActionContext {
  readonly document: TextDocument;
  /** Absolute. */
  readonly path: string | undefined;
  /** Every place of the document. */
  readonly places: readonly Place[];
  readonly abilities: EditAbilities;
  /** The diagnostic of a place, as it was sent. */
  readonly diagnosticOf: (place: Place) => Diagnostic | undefined;
}

/** The actions for the findings that a range touches, those of the first place first. */
export function codeActions(range: Range, context: ActionContext): (CodeAction | Command)[] {
  const { document, places, abilities } = context;
  const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  const touched = places.filter(({ span }) =>
    span === undefined ? range.start.line === 0 : touches(span, start, end),
  );
  if (!abilities.edits) return touched.map(({ finding }) => acceptCommandOf(finding));
  return touched.flatMap((place) => [
    ...replaceByVariable(place, context),
    ...allow(place, context),
    accept(place, context),
  ]);
}

const touches = (span: PlaceSpan, start: number, end: number): boolean => span.start <= end && start <= span.end;

function replaceByVariable(place: Place, context: ActionContext): CodeAction[] {
  const { document, path, places } = context;
  const syntax = variableSyntaxOf(document.languageId, path?.replaceAll('\\', '/'));
  const { span, finding, rule } = place;
  // A variable has the credential as it is, and on one line.
  const isPlain = finding.locator.encodings.length === 0 && rule.parsedAs === undefined;
  if (syntax === undefined || span === undefined || !isPlain) return [];
  const text = document.getText();
  const name = variableName(
    text,
    span,
    rule,
    places.flatMap((each) => each.span ?? []),
  );
  const edit = variableEdit(text, span, syntax, name);
  if (edit === undefined) return [];
  const change: TextEdit = {
    range: { start: document.positionAt(edit.start), end: document.positionAt(edit.end) },
    newText: edit.newText,
  };
  return [
    {
      ...quickFix(`Replace by the variable ${name}`, place, context),
      isPreferred: true,
      edit: editOf([change], context),
    },
  ];
}

function allow(place: Place, context: ActionContext): CodeAction[] {
  const { document, path, places } = context;
  const comment = commentOf(document.languageId, path?.replaceAll('\\', '/'));
  const insertions =
    comment === undefined ? undefined : allowInsertions(document.getText(), place.finding, places, comment);
  if (insertions === undefined) return [];
  return [
    {
      ...quickFix('Allow with a reason (comment)', place, context),
      edit: editOf(
        insertions.map((insertion) => insert(insertion, context)),
        context,
      ),
    },
  ];
}

/** The only way in a language without comments. The server writes nothing, so it shows the command. */
function accept(place: Place, context: ActionContext): CodeAction {
  const command = acceptCommandOf(place.finding);
  return { ...quickFix(command.title, place, context), command };
}

function acceptCommandOf({ secretFingerprint }: Finding): Command {
  const title = 'Allow with a reason (show the command for the baseline)';
  return { title, command: ACCEPT_COMMAND, arguments: [secretFingerprint] };
}

function quickFix(title: string, place: Place, { diagnosticOf }: ActionContext): CodeAction {
  const diagnostic = diagnosticOf(place);
  return { title, kind: CodeActionKind.QuickFix, ...(diagnostic === undefined ? {} : { diagnostics: [diagnostic] }) };
}

function insert(
  { at, before, reason, after }: Insertion,
  { document, abilities }: ActionContext,
): TextEdit | SnippetTextEdit {
  const position = document.positionAt(at);
  const range = { start: position, end: position };
  if (!abilities.snippets) return { range, newText: `${before}${reason}${after}` };
  const plain = (text: string): string => text.replaceAll(/[\\$}]/g, '\\$&');
  return { range, snippet: { kind: 'snippet', value: `${plain(before)}\${1:${plain(reason)}}${plain(after)}` } };
}

function editOf(edits: (TextEdit | SnippetTextEdit)[], { document, abilities }: ActionContext): WorkspaceEdit {
  const { uri, version } = document;
  if (abilities.versioned) return { documentChanges: [{ textDocument: { uri, version }, edits }] };
  // Snippets are only for clients that know versions.
  return { changes: { [uri]: edits.filter((edit): edit is TextEdit => 'newText' in edit) } };
}
