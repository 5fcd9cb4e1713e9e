/** Hands a plan to the engine that sweeps it: a queue, or a pipeline of GitLab CI. `work` needs neither. */

import { relative, resolve } from 'node:path';
import { writePipeline } from '../../../fleet/gitlab-ci.ts';
import type { Plan } from '../../../fleet/plan.ts';
import { queueAddress } from '../../../fleet/queue/address.ts';
import { createFeed } from '../../../fleet/queue/feed.ts';
import { openFleetQueue } from '../../../fleet/queue/load.ts';
import { planIds } from '../../../fleet/store.ts';
import type { FleetCall } from './call.ts';
import { queueUrl } from './queue-address.ts';

/** Earlier plans whose jobs are removed from the queue. */
const FORGOTTEN = 10;

/** Refuses what can be refused before anything is listed. @throws GlaiveError */
export function checkEngines({ args, io }: Pick<FleetCall, 'args' | 'io'>): void {
  const url = queueUrl(args, io.env);
  if (url !== undefined) queueAddress(url);
}

/** @param plan as it is written @throws GlaiveError */
export async function toEngines(plan: Plan, { store, args, io }: FleetCall): Promise<void> {
  const name = args.value('gitlab-ci');
  if (name !== undefined) {
    const file = resolve(io.cwd, name);
    await writePipeline({ store, plan, file, name: relative(io.cwd, file), image: io.env['CI_JOB_IMAGE'] });
  }
  const url = queueUrl(args, io.env);
  if (url !== undefined) await toQueue(plan, url, { store, io });
}

async function toQueue(plan: Plan, url: string, { store, io }: Pick<FleetCall, 'store' | 'io'>): Promise<void> {
  const queue = await openFleetQueue(io.program.main, { url, plan: plan.head.id, isOwner: true });
  try {
    for (const warning of queue.warnings) await io.stderr.write(`glaive: ${warning}\n`);
    for (const earlier of planIds(store)
      .filter((id) => id !== plan.head.id)
      .slice(-FORGOTTEN))
      await queue.forget(earlier);
    await queue.add(createFeed(plan.items, () => () => false).first);
  } finally {
    await queue.close();
  }
}
