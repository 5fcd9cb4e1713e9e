/** A merge request of GitLab that takes threads and notes, and knows whose they are (doc/api/discussions.md). */

import { json } from './fake-issuer.ts';
import { bodyOf, listen } from './listen.ts';

/** The user whose token it is. */
export const ME = 7;

export interface Thread {
  readonly id: string;
  readonly position?: Readonly<Record<string, unknown>>;
  readonly note: { readonly id: number; body: string; readonly author: { readonly id: number }; resolved: boolean };
}

/**
 * Merge request !5 of group/project on loopback, with its threads. Lines that the change does not have are refused with 400.
 *
 * @param lines those of the change, by path
 * @param token the one that may post
 */
export async function fakeMergeRequest(lines: Readonly<Record<string, readonly number[]>>, token: string) {
  const threads: Thread[] = [];
  const writes: string[] = [];
  let ids = 100;
  const state = { isAllowed: true };
  const { url } = await listen((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const path = new URL(request.url!, 'http://x').pathname.replace('/api/v4', '');
      if (request.headers.authorization !== `Bearer ${token}`)
        return json(response, 401, { message: '401 Unauthorized' });
      if (!state.isAllowed) return json(response, 403, { error: 'insufficient_scope', scope: 'api' });
      const base = '/projects/group%2Fproject/merge_requests/5';
      const fields =
        body === ''
          ? {}
          : (JSON.parse(body) as { body?: string; position?: Record<string, unknown>; resolved?: boolean });
      if (request.method !== 'GET') writes.push(`${request.method} ${path.replace(base, '')}`);
      if (path === '/user') return json(response, 200, { id: ME, username: 'bot' });
      if (path === base) return json(response, 200, { diff_refs: { base_sha: 'b', start_sha: 's', head_sha: 'h' } });
      if (path === `${base}/discussions` && request.method === 'GET') {
        const page = Number(new URL(request.url!, 'http://x').searchParams.get('page') ?? 1);
        // Three on a page.
        const part = threads.slice((page - 1) * 3, page * 3);
        const more =
          threads.length > page * 3 ? { link: `<${url}/api/v4${base}/discussions?page=${page + 1}>; rel="next"` } : {};
        return json(
          response,
          200,
          part.map(({ id, note }) => ({ id, notes: [note] })),
          more,
        );
      }
      if (path === `${base}/discussions` || path === `${base}/notes`) {
        const { position } = fields;
        const known =
          position === undefined ||
          lines[String(position['new_path'])]?.includes(Number(position['new_line'])) === true;
        if (!known) return json(response, 400, { message: '400 Bad request - Note {:line_code=>["can\'t be blank"]}' });
        ids++;
        threads.push({
          id: `t${ids}`,
          ...(position === undefined ? {} : { position }),
          note: { id: ids, body: fields.body!, author: { id: ME }, resolved: false },
        });
        return json(response, 201, {});
      }
      const [, thread, note] = /\/discussions\/(t\d+)(?:\/notes\/(\d+))?$/.exec(path) ?? [];
      const found = threads.find(({ id, note: { id: own } }) => id === thread || path.endsWith(`/notes/${own}`));
      if (found === undefined || found.note.author.id !== ME) return json(response, 403, { message: '403 Forbidden' });
      if (thread !== undefined && note === undefined) found.note.resolved = fields.resolved!;
      else found.note.body = fields.body!;
      return json(response, 200, {});
    })();
  });
  return { url, threads, writes, state };
}
