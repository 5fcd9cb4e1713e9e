/**
 * Whether the staged text of a file certainly has no candidate: no needle, no line break that may split one, no archive. Most commits
 * are clear, and this takes a tenth of the code that finds what is in the others.
 */

import { isUtf8 } from 'node:buffer';
import { createBuiltInKernel } from '../detect/search/simd-kernel.ts';
import type { Kernel } from '../detect/search/kernel.ts';
import { aloneMax, alonePatterns } from '../generated/ruleset.ts';
import { isArchive } from '../lib/archive-kind.ts';
import type { FileDiff } from './diff-parser.ts';

/** Bytes; longer texts are rare, and not clear. */
const CAPACITY = 256 * 1024;
/** Files that may change the exclusions of a commit. */
const POLICY_FILE = /(?:^|\/)\.glaive[^/]*$/;

/** Tests one file after the other; each test is for a scan with the built-in rules and without a policy. */
export function createClearTest(): (file: FileDiff) => boolean {
  let kernel: Kernel | undefined;
  const hasNoNeedle = (bytes: Buffer): boolean => {
    if (bytes.length > CAPACITY) return false;
    kernel ??= createBuiltInKernel(CAPACITY);
    if (kernel === undefined) return false;
    kernel.bytes.set(bytes);
    return kernel.find(0, bytes.length).length === 0 && kernel.lineBreaks(0, bytes.length).length === 0;
  };
  return ({ path, oldPath, newText, whole }) =>
    // What a renamed file was before depends on the policy of HEAD.
    oldPath === undefined &&
    whole &&
    !POLICY_FILE.test(path) &&
    hasNoNeedle(Buffer.from(path)) &&
    (newText.length === 0 || (isPlainText(newText) && hasNoNeedle(newText)));
}

/** Whether a text is neither UTF-16 nor an archive, and no credential as a whole. */
function isPlainText(text: Buffer): boolean {
  return !text.includes(0) && isUtf8(text) && !isArchive(text, true) && !mayBeCredential(text);
}

/** Whether a short text may be a credential without a keyword. */
function mayBeCredential(text: Buffer): boolean {
  return (
    text.length <= aloneMax && alonePatterns.some((pattern) => new RegExp(pattern, 'y').test(text.toString('latin1')))
  );
}
