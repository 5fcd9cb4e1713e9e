/** Where in a GitLab a credential is revoked by hand. */

import type { Finding } from '../../model/finding.ts';
import type { Rule } from '../../model/rule.ts';

/** The address of the page; none where the rule knows none, or no GitLab is named. */
export function revokePage(
  rule: Pick<Rule, 'page'> | undefined,
  { hints = [] }: Pick<Finding, 'hints'>,
  server: string | undefined,
): string | undefined {
  if (rule?.page === undefined || server === undefined) return undefined;
  const project = hints.find(({ kind }) => kind === 'project')?.value.replaceAll(/%2f/gi, '/') ?? '';
  // An id is no address; what is no path of a project is not put into one.
  const path = /^[\w.-]+(?:\/[\w.-]+)+$/.test(project) ? project : 'PROJECT';
  return `${server}${rule.page.replace('{project}', path).replace('{group}', 'GROUP')}`;
}
