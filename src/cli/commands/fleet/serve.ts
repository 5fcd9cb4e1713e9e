/** `glaive fleet work` as a child: sweeps the repositories that it is asked for on standard input, one after another. */

import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Answer, Question } from '../../../fleet/child.ts';
import { type ItemContext, runItem } from '../../../fleet/item.ts';
import type { PlanHead } from '../../../fleet/plan.ts';
import { createTextRedactor } from '../../../scan/redact-text.ts';
import type { FleetCall } from './call.ts';
import { historyArgs, configOf, writerOf } from './history-args.ts';
import { itemSweep } from './item-sweep.ts';

/** Below everything else on a server: what remains for its users matters more. */
const LOW_PRIORITY = 10;

/** Ends with standard input: the supervisor is gone then, and would not publish how an attempt failed. */
export async function serveItems({ store, args, io }: FleetCall): Promise<0> {
  const stdin = io.stdin.stream();
  // Whatever it has in its hands is done again by the next one.
  const endAll = (): void => io.endGroup(io.program.pid, 'SIGKILL');
  stdin.on('close', endAll);
  stdin.on('end', endAll);
  let context: Served | undefined;
  for await (const line of createInterface({ input: stdin })) {
    const question = JSON.parse(line) as Question;
    if ('head' in question) {
      context = await contextOf(question.head, { store, words: [], args, io });
      continue;
    }
    if (context === undefined) throw new Error('the first line has no plan');
    const { item, timeLimit, isPoolUnchanged } = question;
    const attempt = await runItem(item, { ...context, timeLimit, isPoolUnchanged });
    if (item.url !== undefined && args.value('mirror') === 'drop')
      await (await import('../../../fleet/clone.ts')).dropMirror({ store, signal: io.signal }, item.key);
    const answer: Answer = { attempt, isRefused: context.isRefused() };
    await io.stdout.write(`${JSON.stringify(answer)}\n`);
    if (attempt === undefined) break;
  }
  return 0;
}

/** What every item of a plan needs. */
type Served = Omit<ItemContext, 'timeLimit'> & { readonly isRefused: () => boolean };

async function contextOf(head: PlanHead, call: FleetCall): Promise<Served> {
  const { store, args, io } = call;
  if (head.source.kind === 'disk') setPriority(LOW_PRIORITY);
  const config = await configOf(store, head);
  const redact = createTextRedactor();
  // No repository on a disk is cloned.
  const cloning =
    head.source.kind === 'disk' ? undefined : await (await import('./item-clone.ts')).itemClone(head, call);
  return {
    store,
    head,
    clone: cloning?.clone,
    isRefused: () => cloning?.isRefused() === true,
    sweep: itemSweep(historyArgs(head, config, args), io, head),
    writer: writerOf(io.program.pid),
    signal: io.signal,
    redact: (text) => redact(text).slice(0, REASON_MAX),
  };
}

/** Characters. */
const REASON_MAX = 500;
