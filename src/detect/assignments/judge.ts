/** Decides whether a value is a credential of GitLab, by what it is assigned to and by the block that it is in. */

import type { Hint } from '../../model/candidate.ts';
import type { AssignedForm, Rule } from '../../model/rule.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { isFile, type Meaning, Names } from './names.ts';
import { isNearGitlab } from './near-gitlab.ts';
import { kindOf, takes } from './takes.ts';
import { matchAtEnd } from './text-end.ts';
import type { Mention } from './mention.ts';
import { parentOf } from './names-around.ts';
import { readAround, type Reading } from './reading.ts';
import { wordsAfterServer } from './same-server.ts';

export interface Verdict {
  readonly rule: Rule;
  readonly form: AssignedForm;
  /** What says so. Places count from the value's first byte. */
  readonly hints: readonly (Mention & { readonly kind: Hint['kind'] })[];
}

/** The text around a value. */
export interface Surroundings {
  /** Ends where the value begins. */
  readonly left: string;
  /** Begins where it ends. */
  readonly right: string;
  readonly isEncoded: boolean;
  /** The user that is encoded with it. */
  readonly user: string | undefined;
}

/** What a value is, and the name that says so. */
interface Found extends Meaning {
  readonly name?: Mention;
}

type Forms = Ruleset['assignments'];

const BASIC = /\b[Bb]asic[ \t]$/;
/** Functions of GitLab's clients that take a token. */
const CLIENT = /git_?lab/i;
const TAKES_TOKEN = /(?:client|api|gitlab|graphql|builder|new|connect\w*|auth\w*|token|login|create|credentials?)$/i;
/** Functions of any client that take one. */
const AUTHENTICATES =
  /(?:authenticate|log_?in|basic_?auth|\bauth|credentials?(?:_?provider)?|with_?token|set_?(?:private_?|access_?|auth_?)?token)$/i;
/** Functions of a script. */
const LOGS_IN = /git_?lab\w*(?:log_?in|auth\w*|connect)$/i;
const SAYS_SECRET = /token|secret|passwor[dt]|credential|\bpat\b|api_?key/i;
/** A key of a table of servers. */
const IS_HOST = /^(?:[\w-]+\.)*gitlab(?:\.[\w-]+)*$/i;
/** A row of values with the address of a GitLab in it. */
const ROW_OF_GITLAB = /:\/\/[^'"(]{0,60}git[-_.]?lab[^(]{0,200}$/i;
/** A row of a password manager without its header: the address, the user, the password. */
const LOGIN_ROW = /^"?https?:\/\/[^,\s"]{1,200}"?,"?[^,\s"]{1,64}"?,"?$/;
const USER_NEARBY =
  /(?:[Uu]ser(?:[Nn]ame)?|USER(?:NAME)?|[Ll]ogin|[ \t]-u)["']?[ \t]{0,4}(?:=>|[:=,>])?[ \t]{0,4}["']?([\w.+%-]{2,64})/g;
/** Characters on either side of a password in which its user is looked for. */
const USER_REACH = 200;

export class Judge {
  readonly #names: Names;
  readonly #forms: Forms;

  constructor(forms: Forms) {
    this.#forms = forms;
    this.#names = new Names(forms);
  }

  verdictOn(value: string, { left, right, isEncoded, user: encodedUser }: Surroundings): Verdict | undefined {
    const reading = readAround(isEncoded ? left.slice(0, matchAtEnd(BASIC, left, 8)?.index) : left, right);
    if (reading === undefined) return undefined;
    const { user, host } = reading;
    const kind = kindOf(value);
    const found =
      encodedUser === undefined
        ? (this.#byUser(reading, kind, left, right) ?? this.#byNames(reading, kind, left, right))
        : this.#byEncodedUser(encodedUser, kind, left, right);
    if (found === undefined) return undefined;
    const { rule, form, name } = found;
    return {
      rule,
      form,
      hints: [
        ...(name === undefined ? [] : [{ ...name, kind: 'name' as const }]),
        ...(user === undefined ? [] : [{ ...user, kind: 'user' as const }]),
        ...(host === undefined ? [] : [{ ...host, start: value.length + host.start, kind: 'host' as const }]),
      ],
    };
  }

  #byNames(reading: Reading, kind: string, left: string, right: string): Found | undefined {
    const { syntax, names, callee } = reading;
    if (syntax === 'address') return undefined;
    const isNear = (): boolean => isNearGitlab(left, right, syntax === 'word' || syntax === 'text' ? 'line' : 'block');
    for (const [index, name] of names.entries()) {
      if (isFile(name.text)) return undefined;
      const meaning = this.#names.meaningOf(name.text, kind);
      if (meaning !== undefined && (!meaning.needsGitlab || isNear())) return { ...meaning, name };
      // `SENTRY_TOKEN=...` next to GitLab's name is not GitLab's.
      if (index === 0 && syntax === 'assignment' && this.#names.isForeign(name.text)) {
        if (IS_HOST.test(name.text) && isInSecrets(left)) return this.#names.meaningOf('token', kind);
        const last = wordsAfterServer(name.text, left, right);
        const secret = last === undefined ? undefined : this.#names.meaningOf(last, kind);
        return secret && { ...secret, name };
      }
    }
    // Checksums are in calls and tables everywhere.
    if (kind.startsWith('hex:')) return undefined;
    if (callee !== undefined && CLIENT.test(callee) && TAKES_TOKEN.test(callee))
      return this.#names.meaningOf('token', kind);
    if (callee !== undefined && AUTHENTICATES.test(callee) && isNear()) return this.#names.meaningOf('token', kind);
    const isRow = syntax === 'text' || (syntax === 'argument' && (callee === undefined || /^values$/i.test(callee)));
    const isRowOfGitlab = callee !== undefined && ROW_OF_GITLAB.test(left);
    if (isRow && (isRowOfGitlab || (isNearGitlab(left, right, 'line') && isColumnOfSecrets(left))))
      return this.#names.meaningOf('token', kind);
    if (syntax === 'word' && this.#isCommandWithSecret(names, left, right))
      return this.#names.meaningOf('password', kind);
    return undefined;
  }

  /** `-p value`, `<<< value`, `echo value | login`. */
  #isCommandWithSecret(names: readonly Mention[], left: string, right: string): boolean {
    const line = lineOf(left);
    if (names.length === 0) return /(?:-[pPtru]|<<<)[ \t]*["']?$/.test(line) && isNearGitlab(left, right, 'line');
    if (LOGS_IN.test(names[0]!.text)) return true;
    if (!/^(?:echo|printf)$/.test(names[0]!.text)) return false;
    if (/^["']?[ \t]{0,4}\|/.test(right)) return isNearGitlab(left, right, 'line');
    return SAYS_SECRET.test(line) && isNearGitlab(left, right, 'block');
  }

  /** Basic authentication: a user of GitLab's own, or any next to GitLab's name. */
  #byEncodedUser(user: string, kind: string, left: string, right: string): Found | undefined {
    const known = this.#forms.find(({ form }) => takes(form, kind) && form.users.some((own) => isUser(user, own)));
    if (known !== undefined) return { ...known, needsGitlab: false };
    return isNearGitlab(left, right, 'block') ? this.#names.meaningOf('password', kind) : undefined;
  }

  /** By the user whose password it is, in an address or next to a name that says only that it is a password. */
  #byUser({ user, host, syntax, names }: Reading, kind: string, left: string, right: string): Found | undefined {
    const users = user === undefined ? [] : [user.text];
    const meanings = names.map(({ text }) => this.#names.meaningOf(text, kind));
    const first = meanings.findIndex((meaning) => meaning !== undefined);
    const isPassword = first < 0 ? syntax === 'word' && names.length === 0 : meanings[first]!.needsGitlab;
    if (isPassword)
      for (const text of [left.slice(-USER_REACH), right.slice(0, USER_REACH)])
        for (const [, own] of text.matchAll(USER_NEARBY)) users.push(own!);
    for (const one of users) {
      const known = this.#forms.find(({ form }) => takes(form, kind) && form.users.some((own) => isUser(one, own)));
      if (known !== undefined) return { ...known, needsGitlab: false, ...(first < 0 ? {} : { name: names[first]! }) };
    }
    if (syntax !== 'address') return undefined;
    const isGitlab = (host !== undefined && CLIENT.test(host.text)) || isNearGitlab(left, right, 'line');
    return isGitlab ? this.#names.meaningOf('token', kind) : undefined;
  }
}

function isUser(text: string, known: string): boolean {
  const user = text.replace(/%2B/i, '+');
  return known.endsWith('*') ? user.startsWith(known.slice(0, -1)) && /\d+$/.test(user) : user === known;
}

function lineOf(left: string): string {
  return left.slice(left.lastIndexOf('\n') + 1);
}

/** Whether the line of a key, or the name of its block, says that its values are secrets. */
function isInSecrets(left: string): boolean {
  return SAYS_SECRET.test(lineOf(left)) || SAYS_SECRET.test(parentOf(left, (index) => index)?.text ?? '');
}

/** Whether the line of a table, or a line above it, names a column for secrets; or the row is one of logins. */
function isColumnOfSecrets(left: string): boolean {
  const lines = left.split('\n').slice(-6);
  return lines.some((line) => SAYS_SECRET.test(line)) || LOGIN_ROW.test(lines.at(-1)!);
}
