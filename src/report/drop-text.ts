/** Drop reasons in plain words. */

import type { DropReason } from '../model/drop.ts';
import type { CheckName } from '../model/rule.ts';
import { acceptanceText } from './messages.ts';

/** The step of a scan that drops for this reason. */
const STEPS: Readonly<Record<DropReason['kind'], string>> = {
  pattern: 'pattern',
  'max-span': 'pattern',
  check: 'check',
  unnamed: 'name',
  'right-end': 'right end',
  'routable-shape': 'routable shape',
  checksum: 'checksum',
  'routable-type': 'routable type',
  overlap: 'overlap',
  'joined-lines': 'joined lines',
  'too-many-candidates': 'limit',
  'not-new': 'change',
  'archive-entry': 'archive',
  placeholder: 'placeholder',
  'same-secret': 'duplicate',
  'below-confidence': 'confidence',
  filtered: 'filter',
  suppressed: 'suppression',
  'excluded-path': 'excluded path',
};

const NOT_RANDOM = 'it reads like words or a name, not like random characters';

const REJECTED_BY: Readonly<Record<CheckName, string>> = {
  devise: "it has characters that GitLab's generator never makes",
  u128: 'it is too large for a 128-bit number',
  jwt: 'it is not a JSON Web Token',
  unprefixed: `${NOT_RANDOM}, or it is a plain number in hexadecimal or all of one case`,
  'not-words': NOT_RANDOM,
  password: 'it is made of words, or of one kind of characters',
  'jwt-job': 'it is not a JSON Web Token with the claims of a GitLab job token',
  'jwt-id': 'it is not a JSON Web Token with the claims of a GitLab ID token',
  'jwt-registry': "it is not a JSON Web Token with the claims of GitLab's container registry",
  'jwt-dependency-proxy': "it is not a JSON Web Token with the claims of GitLab's dependency proxy",
  'jwt-conan': "it is not a JSON Web Token with the claims of GitLab's Conan registry",
};

type Texts = { readonly [Kind in DropReason['kind']]: (reason: Extract<DropReason, { kind: Kind }>) => string };

const TEXTS: Texts = {
  pattern: () => 'the text there does not have the shape of the form',
  'max-span': ({ max }) => `it is longer than the ${max} bytes that the form allows`,
  check: ({ check }) => `the check "${check}" rejects it: ${REJECTED_BY[check]}`,
  unnamed: () => 'nothing that it is assigned to says that it is a credential of GitLab',
  'right-end': () =>
    'more characters follow without a break: together they are the body of a routable token, cut or with an invalid checksum',
  'routable-shape': () => 'the text around it does not have the shape of a routable token',
  checksum: () => 'it has the shape of a routable token without a known prefix, and its checksum is invalid',
  'routable-type': () => 'its checksum is valid, but no rule knows this type of token',
  overlap: ({ better }) => `a better match overlaps it: ${better.ruleId} at ${placeText(better.region)}`,
  'joined-lines': () => 'it exists only if two lines are joined, and nothing shows that they belong together',
  'too-many-candidates': ({ max }) => `the file has more than ${max} possible credentials`,
  'not-new': () => 'the version before the change had it too',
  'archive-entry': () => 'it is in an entry of the archive, and reported there',
  placeholder: () => 'it is a placeholder, and only its context makes it look like a credential',
  'same-secret': ({ uri, region }) => `the same secret is reported already: ${uri}:${placeText(region)}`,
  'below-confidence': ({ confidence, least }) =>
    `its confidence is ${confidence}, and only ${least} or better is reported (--min-confidence)`,
  filtered: () => 'the command reports other commits or refs only',
  suppressed: ({ suppression, entry }) => acceptanceText(suppression) + (entry === undefined ? '' : ` (${entry})`),
  'excluded-path': () =>
    'the path is excluded by .glaiveignore or by exclude in the configuration; only naming the file scans it',
};

export function dropStep({ kind }: DropReason): string {
  return STEPS[kind];
}

/** Half a sentence without any scanned text. */
export function dropText(reason: DropReason): string {
  const text = TEXTS[reason.kind] as (reason: DropReason) => string; // the text for this kind
  return text(reason);
}

function placeText({ startLine, startColumn }: { readonly startLine: number; readonly startColumn: number }): string {
  return `${startLine}:${startColumn}`;
}
