/** `glaive fleet merge` */

import { palette, wantsColor } from '../../../lib/color.ts';
import { mergeStore } from '../../../fleet/merge/merge.ts';
import { mergeText } from '../../../fleet/merge/text.ts';
import { readPlan } from '../../../fleet/plan.ts';
import type { FleetCall, FleetCode } from './call.ts';
import { usage } from '../../args/parse.ts';

/** Folds the results of the store into its index, and reports. @throws GlaiveError */
export async function mergeVerb({ store, words, args, io }: FleetCall): Promise<FleetCode> {
  if (words.length > 0) throw usage('fleet', 'merge takes no REPOSITORY', 'It merges all of the plan: --plan ID.');
  const plan = readPlan(store, args.value('plan'));
  const { summary, code } = await mergeStore(store, plan, { failOn: args.value('fail-on') ?? 'likely' });
  const paint = palette(wantsColor(io.env, io.stdout.isTTY, args.has('no-color')));
  if (!args.has('quiet') || code !== 0) for (const piece of mergeText(summary, paint)) await io.stdout.write(piece);
  return code;
}
