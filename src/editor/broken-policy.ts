/** A policy that cannot be used: where the editor shows what is wrong with it. */

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GlaiveError } from '../model/errors.ts';
import { type Diagnostic, DiagnosticSeverity } from './protocol.ts';

export interface BrokenPolicy {
  /** For the user, in one or two sentences. */
  readonly message: string;
  /** The file and the place in it, if the error names one. */
  readonly place?: { readonly uri: string; readonly diagnostic: Diagnostic };
}

/** `.glaive.toml:3:7: what is wrong`; a drive of Windows has a colon, too. */
const PLACED = /^((?:[A-Za-z]:)?[^:]+):(\d+)(?::(\d+))?: (.+)$/s;

/** @param base the folder that paths in the error are relative to @param redact masks secrets in the error */
export function brokenPolicy(
  { message, hint }: Pick<GlaiveError, 'message' | 'hint'>,
  base: string,
  redact: (text: string) => string,
): BrokenPolicy {
  const text = redact(hint === undefined ? message : `${message}. ${hint}`);
  const shown = { message: `glaive scans nothing here until its policy is repaired: ${text}` };
  const [, path, line, column, problem] = PLACED.exec(message) ?? [];
  if (path === undefined || line === undefined || problem === undefined) return shown;
  const start = { line: Number(line) - 1, character: column === undefined ? 0 : Number(column) - 1 };
  const diagnostic: Diagnostic = {
    range: { start, end: { line: start.line, character: start.character + 1000 } },
    severity: DiagnosticSeverity.Error,
    source: 'glaive',
    message: redact(hint === undefined ? problem : `${problem}. ${hint}`),
  };
  return { ...shown, place: { uri: pathToFileURL(resolve(base, path)).href, diagnostic } };
}
