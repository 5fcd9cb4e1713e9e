/** Names of the pages of groups. */

import { createHash } from 'node:crypto';

/** What {@link fileOf} makes. */
export const GROUP_FILE = /^group-[a-z0-9-]{0,40}-[0-9a-f]{8}\.html$/;

/** Names of groups are the words of others: what is not plain in them is left out, and the digest keeps them apart. */
export function fileOf(group: string): string {
  const plain = group
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `group-${plain}-${createHash('sha256').update(group).digest('hex').slice(0, 8)}.html`;
}
