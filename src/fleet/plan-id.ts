/** Ids of plans: the time to the second, so that people know them, and a newer one is always behind the older ones in order. */

import { randomBytes } from 'node:crypto';
import { planIds } from './store.ts';

/** Two plans that are made at the same moment have different ids. @throws the file system's error */
export function newPlanId(store: string, now: Date): string {
  const stamp = now.toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+).*$/, '$1$2$3-$4$5$6');
  const random = randomBytes(2).toString('hex');
  const last = planIds(store).at(-1);
  const [, lastStamp = '', lastNumber = '0'] = /^(\d{8}-\d{6})-(\d{2,})-/.exec(last ?? '') ?? [];
  // In the same second, or if the clock was set back.
  const isLater = stamp > lastStamp;
  const number = isLater ? 1 : Number(lastNumber) + 1;
  return `${isLater ? stamp : lastStamp}-${String(number).padStart(2, '0')}-${random}`;
}
