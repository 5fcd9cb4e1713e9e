/**
 * Posts findings to a merge request: a thread for each finding, on its line if the change has that line, and a summary. Posting
 * again updates threads, resolves fixed ones, and never posts twice. Only notes of the same user with glaive's mark are touched.
 * GitLab's doc/api/discussions.md, doc/api/notes.md
 */

import type { GitLabClient } from '../gitlab/client.ts';
import { isRecord } from '../lib/is-record.ts';
import { ApiError } from '../http/api-error.ts';

/** The content of one thread. */
export interface Remark {
  /** Identifies the finding in every run; hex. */
  readonly key: string;
  /** Markdown. */
  readonly body: string;
  /** Absent if it is not in a file. */
  readonly path?: string;
  readonly line?: number;
}

export interface Posted {
  created: number;
  updated: number;
  resolved: number;
  unchanged: number;
}

const SUMMARY = 'summary';

interface Note {
  readonly discussion: string;
  readonly id: number;
  readonly body: string;
  readonly isResolved: boolean;
}

/** Everything to post. */
export interface Message {
  readonly remarks: readonly Remark[];
  /** Markdown. */
  readonly summary: string;
  /** Whether the scan is complete: only then a finding without a remark is fixed. */
  readonly isComplete: boolean;
  /** Whether the summary says more than the remarks. */
  readonly isNews: boolean;
}

/** The maximum number of new threads. The summary has the total number. */
const THREADS = 100;

/**
 * @param project id, or path
 * @throws ApiError
 */
export async function postRemarks(
  client: GitLabClient,
  project: string,
  iid: string,
  { remarks, summary, isComplete, isNews }: Message,
): Promise<Posted> {
  const path = `/projects/${encodeURIComponent(project)}/merge_requests/${iid}`;
  const refs = refsOf(await client.get(path));
  const own = idOf(await client.get('/user'));
  const existing = await ownNotes(client, path, own);
  const posted: Posted = { created: 0, updated: 0, resolved: 0, unchanged: 0 };
  for (const remark of remarks) {
    const body = `${remark.body}\n\n${markOf(remark.key)}`;
    const note = existing.get(remark.key);
    if (note === undefined) {
      if (posted.created === THREADS) continue;
      await create(client, path, { ...remark, body }, refs);
      posted.created++;
      continue;
    }
    const hasChanged = note.body.trim() !== body.trim();
    if (hasChanged) await client.write('PUT', `${path}/discussions/${note.discussion}/notes/${note.id}`, { body });
    // The finding has returned.
    if (note.isResolved) await client.write('PUT', `${path}/discussions/${note.discussion}`, { resolved: false });
    posted[hasChanged || note.isResolved ? 'updated' : 'unchanged']++;
  }
  const current = new Set(remarks.map(({ key }) => key));
  for (const [key, note] of existing) {
    if (!isComplete || key === SUMMARY || current.has(key) || note.isResolved) continue;
    await client.write('PUT', `${path}/discussions/${note.discussion}`, { resolved: true });
    posted.resolved++;
  }
  await postSummary(client, path, existing.get(SUMMARY), summary, remarks.length > 0 || !isComplete || isNews);
  return posted;
}

async function postSummary(
  client: GitLabClient,
  path: string,
  note: Note | undefined,
  summary: string,
  isNews: boolean,
): Promise<void> {
  const body = `${summary.trimEnd()}\n\n${markOf(SUMMARY)}`;
  if (note !== undefined && note.body.trim() !== body.trim())
    await client.write('PUT', `${path}/notes/${note.id}`, { body });
  // Without findings no first summary is posted.
  if (note === undefined && isNews) await client.write('POST', `${path}/notes`, { body });
}

async function create(client: GitLabClient, path: string, remark: Remark, refs: Refs | undefined): Promise<void> {
  const { body, path: file, line } = remark;
  if (refs !== undefined && file !== undefined && line !== undefined) {
    const position = { position_type: 'text', ...refs, new_path: file, old_path: file, new_line: line };
    try {
      await client.write('POST', `${path}/discussions`, { body, position });
      return;
    } catch (error) {
      // The change does not have that line: the thread is posted without a line.
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
    }
  }
  await client.write('POST', `${path}/discussions`, { body });
}

/** The notes of this user by key. Marks in notes of others are ignored. */
async function ownNotes(client: GitLabClient, path: string, own: number): Promise<Map<string, Note>> {
  const notes = new Map<string, Note>();
  for await (const discussion of client.list(`${path}/discussions`)) {
    if (!isRecord(discussion) || !Array.isArray(discussion['notes'])) continue;
    const first: unknown = discussion['notes'][0];
    if (!isRecord(first)) continue;
    const { id, body, author, resolved } = first;
    if (typeof id !== 'number' || typeof body !== 'string' || !isRecord(author) || author['id'] !== own) continue;
    const key = MARK.exec(body)?.[1];
    if (key === undefined || notes.has(key)) continue;
    notes.set(key, { discussion: String(discussion['id']), id, body, isResolved: resolved === true });
  }
  return notes;
}

/** A Markdown comment, which is not shown. */
const markOf = (key: string): string => `<!-- glaive:${key} -->`;
const MARK = /<!-- glaive:([0-9a-f]{64}|summary) -->\s*$/;

interface Refs {
  readonly base_sha: string;
  readonly start_sha: string;
  readonly head_sha: string;
}

function refsOf(mergeRequest: unknown): Refs | undefined {
  const refs = isRecord(mergeRequest) ? mergeRequest['diff_refs'] : undefined;
  if (!isRecord(refs)) return undefined;
  const { base_sha, start_sha, head_sha } = refs;
  return typeof base_sha === 'string' && typeof start_sha === 'string' && typeof head_sha === 'string'
    ? { base_sha, start_sha, head_sha }
    : undefined;
}

function idOf(user: unknown): number {
  const id = isRecord(user) ? user['id'] : undefined;
  if (typeof id !== 'number') throw new ApiError('malformed', 'the response has no user id');
  return id;
}
