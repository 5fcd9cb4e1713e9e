/**
 * Context hints: the host, project, user or application near a credential, which may be where it works. Only text whose
 * shape rules out a secret is collected, the nearest of each kind, from a few lines around.
 */

import type { Hint } from '../../model/candidate.ts';
import type { Span } from '../../model/region.ts';

/** A hint, in offsets of the searched bytes. */
export interface ContextHints extends Span {
  readonly kind: Hint['kind'];
  readonly value: string;
}

/** Bytes before and after a credential in which hints are searched. */
export const HINT_REACH = 512;

const HOST = String.raw`[A-Za-z0-9](?:[A-Za-z0-9.-]{0,126}[A-Za-z0-9])?(?::\d{1,5})?`;
const ASSIGN = String.raw`["']?[ \t]{0,4}[:=][ \t]{0,4}["']?`;
/**
 * Linear: every repetition is bounded. A pattern runs only if the text contains one of the strings that it needs.
 * It is made then: V8 keeps what it has compiled, and a hook that finds nothing needs none.
 */
const PATTERNS: readonly { readonly needs: readonly string[]; readonly pattern: () => RegExp }[] = [
  {
    needs: ['://'],
    pattern: () =>
      new RegExp(
        String.raw`https?:\/\/(?:(?<user>\w[\w.+-]{0,63})(?::[^\s@\/"']{0,300})?@)?(?<host>${HOST})(?=[\s\/"'<>),;]|$)`,
        'dg',
      ),
  },
  {
    needs: ['/api/v4/'],
    pattern: () =>
      /\/api\/v4\/(?:projects|groups)\/(?<project>\d{1,12}|[\w.-]{1,64}(?:%2[Ff][\w.-]{1,64}){1,8})(?=[\s/"'?]|$)/dg,
  },
  { needs: ['/unleash/'], pattern: () => /\/feature_flags\/unleash\/(?<project>\d{1,12})(?=[\s/"'?]|$)/dg },
  {
    needs: ['.git'],
    pattern: () => new RegExp(String.raw`@${HOST}[\/:](?<project>[\w.-]{1,64}(?:\/[\w.-]{1,64}){1,8}?)\.git\b`, 'dg'),
  },
  { needs: ['deploy-token-'], pattern: () => /(?<user>gitlab\+deploy-token-\d{1,12})/dg },
  {
    needs: ['CI_DEPLOY_USER', 'ser', 'USERNAME', 'login'],
    pattern: () =>
      new RegExp(
        String.raw`\b(?:CI_DEPLOY_USER|[Uu]ser[Nn]ame|USERNAME|login)${ASSIGN}(?<user>\w[\w.+-]{0,63})(?![\w.+-])`,
        'dg',
      ),
  },
  {
    needs: ['--username', '-u'],
    pattern: () => /(?:--username[ =]|-u[ ]?)["']?(?<user>\w[\w.+-]{0,63})(?![\w.+-])/dg,
  },
  {
    needs: ['machine'],
    pattern: () =>
      /\bmachine[ \t]{1,4}(?<host>[\w.-]{1,128})\s{1,16}login[ \t]{1,4}(?<user>\w[\w.+-]{0,63})(?![\w.+-])/dg,
  },
  {
    needs: ['CI_SERVER_HOST', 'GITLAB_HOST'],
    pattern: () => new RegExp(String.raw`\b(?:CI_SERVER_HOST|GITLAB_HOST)${ASSIGN}(?<host>${HOST})`, 'dg'),
  },
  {
    needs: ['CI_PROJECT_'],
    pattern: () =>
      new RegExp(String.raw`\bCI_PROJECT_(?:ID|PATH)${ASSIGN}(?<project>[\w.-]{1,64}(?:\/[\w.-]{1,64}){0,8})`, 'dg'),
  },
  {
    needs: ['client', 'app', 'CLIENT', 'APP'],
    pattern: () =>
      new RegExp(
        String.raw`\b(?:client|application|app|CLIENT|APPLICATION|APP)_?(?:id|ID|Id)${ASSIGN}(?<application>[0-9a-f]{64})(?![0-9a-f])`,
        'dg',
      ),
  },
];

/** @param own the credential; text inside it is no hint */
export function contextHints(bytes: Uint8Array, filled: number, own: Span): ContextHints[] {
  const from = Math.max(0, own.start - HINT_REACH);
  const to = Math.min(filled, own.end + HINT_REACH);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  const nearest = new Map<Hint['kind'], ContextHints>();
  for (const { needs, pattern } of PATTERNS) {
    if (!needs.some((needed) => text.includes(needed))) continue;
    for (const match of text.matchAll(pattern())) {
      for (const [kind, place] of Object.entries(match.indices?.groups ?? {}) as [Hint['kind'], [number, number]?][]) {
        if (place === undefined) continue;
        const found = { kind, value: text.slice(...place), start: from + place[0], end: from + place[1] };
        if (found.start < own.end && found.end > own.start) continue;
        const other = nearest.get(kind);
        if (other === undefined || distance(found, own) < distance(other, own)) nearest.set(kind, found);
      }
    }
  }
  return [...nearest.values()];
}

function distance(span: Span, own: Span): number {
  return span.end <= own.start ? own.start - span.end : span.start - own.end;
}
