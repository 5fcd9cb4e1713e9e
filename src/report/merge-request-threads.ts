/**
 * What a merge request is told: a thread for each finding, on its line where the change has that line, and one note that
 * sums up. Posting again changes what has changed, resolves what is fixed, and repeats nothing. Only notes of our own user
 * that bear our mark are touched. doc/api/discussions.md, doc/api/notes.md
 */

import type { GitLabClient } from '../gitlab/client.ts';
import { isRecord } from '../lib/is-record.ts';
import { ApiError } from '../http/api-error.ts';

/** What one thread says. */
export interface Remark {
  /** The same as long as it is the same finding; hex. */
  readonly key: string;
  /** Markdown. */
  readonly body: string;
  /** Absent: it stands in no file. */
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

/** What is to be said. */
export interface Message {
  readonly remarks: readonly Remark[];
  /** Markdown. */
  readonly summary: string;
  /** Whether everything was looked at: only then what is not among the remarks is fixed. */
  readonly isComplete: boolean;
  /** Whether the summary says something beyond the remarks. */
  readonly isNews: boolean;
}

/** More threads than that nobody reads; the summary tells how many there are. */
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
  const ours = await ownNotes(client, path, own);
  const posted: Posted = { created: 0, updated: 0, resolved: 0, unchanged: 0 };
  for (const remark of remarks) {
    const body = `${remark.body}\n\n${markOf(remark.key)}`;
    const note = ours.get(remark.key);
    if (note === undefined) {
      if (posted.created === THREADS) continue;
      await create(client, path, { ...remark, body }, refs);
      posted.created++;
      continue;
    }
    const hasChanged = note.body.trim() !== body.trim();
    if (hasChanged) await client.write('PUT', `${path}/discussions/${note.discussion}/notes/${note.id}`, { body });
    // It is there again.
    if (note.isResolved) await client.write('PUT', `${path}/discussions/${note.discussion}`, { resolved: false });
    posted[hasChanged || note.isResolved ? 'updated' : 'unchanged']++;
  }
  const current = new Set(remarks.map(({ key }) => key));
  for (const [key, note] of ours) {
    if (!isComplete || key === SUMMARY || current.has(key) || note.isResolved) continue;
    await client.write('PUT', `${path}/discussions/${note.discussion}`, { resolved: true });
    posted.resolved++;
  }
  await sumUp(client, path, ours.get(SUMMARY), summary, remarks.length > 0 || !isComplete || isNews);
  return posted;
}

async function sumUp(
  client: GitLabClient,
  path: string,
  note: Note | undefined,
  summary: string,
  isNews: boolean,
): Promise<void> {
  const body = `${summary.trimEnd()}\n\n${markOf(SUMMARY)}`;
  if (note !== undefined && note.body.trim() !== body.trim())
    await client.write('PUT', `${path}/notes/${note.id}`, { body });
  // Where there was never anything nobody need be told.
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
      // The change does not have that line: it is said beside it.
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
    }
  }
  await client.write('POST', `${path}/discussions`, { body });
}

/** Our own notes by key. Marks in what others write are nothing to us. */
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

/** A comment of Markdown, which nobody sees. */
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
  if (typeof id !== 'number') throw new ApiError('malformed', 'it does not say whose the token is');
  return id;
}
