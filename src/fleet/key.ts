/** The key of a repository: the same for ever, whatever it is called and whatever is in it. */

import { createHash } from 'node:crypto';
import { encodePath } from '../lib/path-bytes.ts';

/** What distinguishes a repository from all others of a fleet. */
export type ItemIdentity =
  /** A project of a GitLab: it keeps its id when it is renamed or moved. */
  | { readonly kind: 'gitlab'; readonly server: string; readonly project: number }
  /** A repository of a storage. @property place relative to the root of the storage, `/`-separated */
  | { readonly kind: 'disk'; readonly place: string }
  /** A line of a list. @property name the real folder, or the address */
  | { readonly kind: 'list'; readonly name: string };

/** 24 hex digits. Names that are not UTF-8 (as made by `decodePath`) have keys of their own. */
export function itemKey(identity: ItemIdentity): string {
  const parts =
    identity.kind === 'gitlab'
      ? [identity.server, String(identity.project)]
      : [identity.kind === 'disk' ? identity.place : identity.name];
  return createHash('sha256')
    .update(encodePath([identity.kind, ...parts].join('\0')))
    .digest('hex')
    .slice(0, 24);
}
