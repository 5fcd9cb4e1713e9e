/** Drop reasons in plain words. */

import type { DropReason } from '../model/drop.ts';
import type { CheckName } from '../model/rule.ts';
import { acceptedBy } from './messages.ts';

/** The step of a scan that drops for this reason. */
const STEPS: Readonly<Record<DropReason['kind'], string>> = {
  pattern: 'pattern',
  'max-span': 'pattern',
  check: 'check',
  'right-end': 'right end',
  'routable-shape': 'routable shape',
  checksum: 'checksum',
  'routable-type': 'routable type',
  overlap: 'overlap',
  'joined-lines': 'joined lines',
  'too-many-candidates': 'limit',
  'outside-change': 'change',
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
  'jwt-job': 'it is not a JSON Web Token with the claims of a GitLab job token',
  'jwt-id': 'it is not a JSON Web Token with the claims of a GitLab ID token',
  'jwt-registry': "it is not a JSON Web Token with the claims of GitLab's container registry",
  'jwt-dependency-proxy': "it is not a JSON Web Token with the claims of GitLab's dependency proxy",
  'jwt-conan': "it is not a JSON Web Token with the claims of GitLab's Conan registry",
};

export function dropStep({ kind }: DropReason): string {
  return STEPS[kind];
}

/** Half a sentence. It never contains scanned text. */
export function dropText(reason: DropReason): string {
  switch (reason.kind) {
    case 'pattern':
      return 'the text at the keyword does not have the shape of the form';
    case 'max-span':
      return `it is longer than the ${reason.max} bytes that the form allows`;
    case 'check':
      return `the check "${reason.check}" rejects it: ${REJECTED_BY[reason.check]}`;
    case 'right-end':
      return 'more characters follow without a break: together they are the body of a routable token, cut or with an invalid checksum';
    case 'routable-shape':
      return 'the text around it does not have the shape of a routable token';
    case 'checksum':
      return 'it has the shape of a routable token without a known prefix, and its checksum is invalid';
    case 'routable-type':
      return 'its checksum is valid, but no rule knows this type of token';
    case 'overlap':
      return `a better match overlaps it: ${reason.better.ruleId} at ${placeText(reason.better.region)}`;
    case 'joined-lines':
      return 'it is there only if two lines are one, and nothing shows that they are';
    case 'too-many-candidates':
      return `the file has more than ${reason.max} possible credentials`;
    case 'outside-change':
      return 'the change does not add this line';
    case 'not-new':
      return 'the version before the change had it, too';
    case 'archive-entry':
      return 'it is in an entry of the archive, and reported there';
    case 'placeholder':
      return 'it is a placeholder, and only its context makes it look like a credential';
    case 'same-secret':
      return `the same secret is reported already: ${reason.uri}:${placeText(reason.region)}`;
    case 'below-confidence':
      return `its confidence is ${reason.confidence}, and only ${reason.least} or better is reported (--min-confidence)`;
    case 'filtered':
      return 'the command reports other commits or refs only';
    case 'suppressed': {
      const by = acceptedBy(reason.suppression);
      return reason.entry === undefined ? by : `${by} (${reason.entry})`;
    }
    case 'excluded-path':
      return 'the path is excluded by .glaiveignore or by exclude in the configuration; only naming the file scans it';
  }
}

function placeText({ startLine, startColumn }: { readonly startLine: number; readonly startColumn: number }): string {
  return `${startLine}:${startColumn}`;
}
