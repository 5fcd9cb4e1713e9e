/**
 * One confidential issue for each project with leaks. The issue, and each finding in it, has a mark that only glaive's own user can have
 * written: so it is found again, never opened twice, and nothing is added twice, whatever this machine has forgotten.
 */

import * as v from 'valibot';
import { ApiError } from '../../../http/api-error.ts';
import type { GitLabClient } from '../../../gitlab/client.ts';
import { endOf } from '../../../lib/cut.ts';
import { plural } from '../../../lib/format-amounts.ts';
import { code } from '../../../report/in-markdown.ts';
import { identityOf } from '../rows.ts';
import type { NewsItem } from './news.ts';

const Id = v.pipe(v.number(), v.safeInteger());
const UserSchema = v.object({ id: Id });
const IssueSchema = v.object({
  iid: Id,
  state: v.string(),
  confidential: v.boolean(),
  description: v.nullish(v.string(), ''),
  author: v.object({ id: Id }),
});
const NoteSchema = v.object({ body: v.string(), author: v.object({ id: Id }) });
type Issue = v.InferOutput<typeof IssueSchema>;

export interface IssueFailure {
  readonly project: number;
  readonly why: string;
}

export interface IssuesResult {
  readonly opened: number;
  readonly changed: number;
  readonly failures: readonly IssueFailure[];
}

/** Findings of one issue or note. */
const LISTED = 50;
const LABEL = 'glaive';
const TEXT = 300;

/** @throws ApiError if the user of the token is unknown; what fails in a project is listed */
export async function tellProjects(client: GitLabClient, items: readonly NewsItem[]): Promise<IssuesResult> {
  const byProject = new Map<number, NewsItem[]>();
  for (const item of items) {
    const { project } = item.finding;
    if (project === undefined) continue;
    byProject.set(project, [...(byProject.get(project) ?? []), item]);
  }
  let [opened, changed] = [0, 0];
  const failures: IssueFailure[] = [];
  if (byProject.size === 0) return { opened, changed, failures };
  const me = v.parse(UserSchema, await client.get('/user')).id;
  for (const [project, own] of byProject) {
    try {
      const done = await tellProject(client, project, own, me);
      if (done === 'opened') opened++;
      else if (done === 'changed') changed++;
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof v.ValiError)) throw error;
      failures.push({
        project,
        why: error instanceof ApiError ? error.message : 'the response is not that of a GitLab',
      });
    }
  }
  return { opened, changed, failures };
}

async function tellProject(
  client: GitLabClient,
  project: number,
  items: readonly NewsItem[],
  me: number,
): Promise<'opened' | 'changed' | 'nothing'> {
  const mark = `<!-- glaive-fleet ${items[0]!.finding.key} -->`; // a project is listed with an item
  const issue = await findIssue(client, project, mark, me);
  if (issue === undefined) {
    await client.write('POST', `/projects/${project}/issues`, {
      title: 'Leaked credentials in the history of this repository',
      description: `${mark}\n\n${bodyOf(items)}`,
      confidential: true,
      labels: LABEL,
    });
    return 'opened';
  }
  const path = `/projects/${project}/issues/${issue.iid}`;
  const texts = [issue.description];
  for await (const plain of client.list(`${path}/notes`)) {
    const { body, author } = v.parse(NoteSchema, plain);
    if (author.id === me) texts.push(body);
  }
  const written = texts.join('\n');
  const unwritten = items.filter((item) => !written.includes(markOf(item)));
  if (unwritten.length === 0) return 'nothing';
  await client.write('POST', `${path}/notes`, { body: bodyOf(unwritten), internal: true });
  if (issue.state === 'closed') await client.write('PUT', path, { state_event: 'reopen' });
  return 'changed';
}

/** Only an issue of this user counts: others could forge one to silence glaive. */
async function findIssue(client: GitLabClient, project: number, mark: string, me: number): Promise<Issue | undefined> {
  const query = { author_id: me, scope: 'all', confidential: true, order_by: 'created_at', sort: 'asc' };
  for await (const plain of client.list(`/projects/${project}/issues`, query)) {
    const issue = v.parse(IssueSchema, plain);
    if (issue.author.id === me && issue.confidential && issue.description.includes(mark)) return issue;
  }
  return undefined;
}

/** A finding that is active again gets another mark. */
function markOf({ finding, isActiveAgain }: NewsItem): string {
  const id = identityOf(finding).replace(' ', ':');
  return `<!-- glaive-finding ${id}${isActiveAgain ? ` active ${finding.checkedAt ?? ''}` : ''} -->`;
}

function bodyOf(items: readonly NewsItem[]): string {
  const lines = items.slice(0, LISTED).map((item) => {
    const { severity, status, title, uri, line, commit, date } = item.finding;
    const state = status === 'active' ? ', **active**' : '';
    const since =
      commit === undefined ? '' : `, since commit ${commit}${date === undefined ? '' : ` of ${date.slice(0, 10)}`}`;
    return `- **${severity}**${state}: ${code(title, false)} in ${code(`${endOf(uri, TEXT)}:${line}`, false)}${since} ${markOf(item)}`;
  });
  const left = items.length - lines.length;
  const marks = items.slice(LISTED).map(markOf).join('');
  return [
    `glaive has found ${plural(items.length, 'leaked credential')} in the objects of this repository. Deleting a file does not help: the history keeps it, and so does every clone.`,
    '',
    ...lines,
    ...(left > 0 ? [`- and ${left} more ${marks}`] : []),
    '',
    'Revoke each credential first. Then close this issue: it is opened again for a new leak only, or if a credential is active again.',
    '',
  ].join('\n');
}
