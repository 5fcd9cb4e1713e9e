/** Reads fields of GitLab's responses. Every text of a server passes through `clean` before it is kept. */

import { defined } from '../lib/defined.ts';
import { encodedProject } from '../gitlab/project-path.ts';
import type { TokenOwner } from '../model/verification.ts';
import type { Credential, VerifyContext } from './credential-type.ts';

export function idOf(value: unknown): string | undefined {
  return (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^\d{1,20}$/.test(value))
    ? String(value)
    : undefined;
}

/** Longer lists are cut. */
const MAX_LIST_LENGTH = 50;

/** The texts of a list. */
export function textsOf(value: unknown, { clean }: Pick<VerifyContext, 'clean'>): string[] {
  return (Array.isArray(value) ? value : []).slice(0, MAX_LIST_LENGTH).flatMap((item) => clean(item) ?? []);
}

export const isPast = (date: unknown): boolean => typeof date === 'string' && Date.parse(date) <= Date.now();

/** GitLab gives bots names of a fixed form (doc/user/project/settings/project_access_tokens.md). */
const KINDS_BY_NAME: readonly (readonly [RegExp, TokenOwner['kind']])[] = [
  [/^project_\d+_bot/, 'project bot'],
  [/^group_\d+_bot/, 'group bot'],
  [/^service_account_/, 'service account'],
];

export function ownerOf(user: Readonly<Record<string, unknown>>, { clean }: Pick<VerifyContext, 'clean'>): TokenOwner {
  const name = clean(user['username']);
  const known = KINDS_BY_NAME.find(([pattern]) => name !== undefined && pattern.test(name))?.[1];
  return {
    kind: name === undefined ? 'unknown' : (known ?? 'human'),
    ...defined({ name, id: idOf(user['id']), isAdmin: user['is_admin'] === true ? (true as const) : undefined }),
  };
}

/** The credential's project, from the token or from its context, encoded for a path. */
export function projectOf({ facts, hint }: Pick<Credential, 'facts' | 'hint'>): string | undefined {
  const project = facts.project ?? hint('project');
  return project === undefined ? undefined : encodedProject(project);
}
