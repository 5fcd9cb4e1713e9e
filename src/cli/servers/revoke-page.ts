/** The page of GitLab on which a credential can be revoked by hand. */

import type { Finding } from '../../model/finding.ts';
import type { Rule } from '../../model/rule.ts';

/** The address of the page; undefined if the rule has no page, or the user named no GitLab. */
export function revokePage(
  rule: Pick<Rule, 'page'> | undefined,
  { hints = [] }: Pick<Finding, 'hints'>,
  server: string | undefined,
): string | undefined {
  if (rule?.page === undefined || server === undefined) return undefined;
  const project = hints.find(({ kind }) => kind === 'project')?.value.replaceAll(/%2f/gi, '/') ?? '';
  // The hint may be an id, or any other text: only the path of a project may become part of the address.
  const path = /^[\w.-]+(?:\/[\w.-]+)+$/.test(project) ? project : 'PROJECT';
  return `${server}${rule.page.replace('{project}', path).replace('{group}', 'GROUP')}`;
}
