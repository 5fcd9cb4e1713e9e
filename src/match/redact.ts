/** Masks every secret in a short text: file names, messages of git and of the operating system. */

import type { Ruleset } from '../model/ruleset.ts';
import { MASK } from '../model/secret.ts';
import { type Confirm, createConfirm } from './confirm.ts';
import type { Kernel, KernelFactory } from './kernel.ts';
import { mergeSpans } from './surroundings.ts';
import { tokenRunEnd } from './token-run.ts';

const CAPACITY = 64 * 1024;
/** Credentials in URLs, whatever their kind: `https://user:password@host`. */
const URL_CREDENTIALS = /(:\/\/)[^\s/@]+@/g;

export interface Redactor {
  /** Whether `text` may hold a secret; false is certain. */
  suspects(text: string): boolean;
  /** `text` with every secret replaced by {@link MASK}; text beyond 64 KiB is dropped. */
  redact(text: string): string;
}

export function createRedactor(ruleset: Ruleset, createKernel: KernelFactory): Redactor {
  const literals = ruleset.literals.map((literal) => literal.text);
  const any = new RegExp(literals.map(escape).join('|'));
  // Most scans show nothing that holds a literal, and never need the kernel.
  let made: { readonly kernel: Kernel; readonly confirm: Confirm } | undefined;
  const tools = (): NonNullable<typeof made> => {
    if (made === undefined) {
      const kernel = createKernel(literals, CAPACITY);
      made = { kernel, confirm: createConfirm(ruleset, kernel.bytes) };
    }
    return made;
  };

  const maskLiterals = (text: string): string => {
    if (!any.test(text)) return text;
    const { kernel, confirm } = tools();
    const filled = new TextEncoder().encodeInto(text, kernel.bytes).written;
    const hidden: { start: number; end: number }[] = [];
    kernel.find(0, filled, (position, literal) => {
      const places = confirm(literal, position, 0, filled);
      const after = position + literals[literal]!.length;
      if (places.length > 0) hidden.push(...places);
      else hidden.push({ start: after, end: tokenRunEnd(kernel.bytes, after, filled) });
    });
    const parts: string[] = [];
    let shown = 0;
    for (const span of mergeSpans(hidden)) {
      parts.push(decode(kernel.bytes, shown, span.start), MASK);
      shown = span.end;
    }
    return parts.join('') + decode(kernel.bytes, shown, filled);
  };

  return {
    suspects: (text) => any.test(text),
    redact: (text) => maskLiterals(text).replace(URL_CREDENTIALS, `$1${MASK}@`),
  };
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

function escape(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
