/** `glaive fleet plan|work|merge|status` */

import { resolve } from 'node:path';
import type { Io } from '../../model/io.ts';
import { type FlagName, FLAGS } from '../args/flags.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { subcommandOf } from '../args/subcommand.ts';
import type { FleetCall, FleetCode } from './fleet/call.ts';

type Verb = (call: FleetCall) => Promise<FleetCode>;

const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  plan: async () => (await import('./fleet/plan.ts')).planVerb,
  work: async () => (await import('./fleet/work.ts')).workVerb,
  merge: async () => (await import('./fleet/merge.ts')).mergeVerb,
  status: async () => (await import('./fleet/status.ts')).statusVerb,
};

/** The flags of the four verbs; those that are not listed are for each of them. */
const FLAGS_OF: Readonly<Record<string, readonly FlagName[]>> = {
  plan: [
    'disk',
    'from',
    'gitlab-url',
    'group',
    'project',
    'skip',
    'archived',
    'forks',
    'since-last',
    'all-every',
    'shards',
    'gitlab-ci',
    'queue',
    'config',
    'archives',
    'max-blob',
    'min-confidence',
  ],
  work: [
    'plan',
    'gitlab-url',
    'shard',
    'stdin',
    'queue',
    'print-items',
    'jobs',
    'memory',
    'time-limit',
    'retries',
    'mirror',
    'disk-free',
    'verify',
  ],
  merge: ['plan', 'gitlab-url', 'output', 'notify', 'fail-on', 'verify'],
  status: ['plan', 'format'],
};

export async function fleetCommand(args: ParsedArgs, io: Io): Promise<FleetCode> {
  const [verb, words] = subcommandOf(args, 'fleet');
  const named = args.value('store');
  if (named === undefined)
    throw usage('fleet', 'it needs a folder for plans, states and results', 'Name it: --store /var/lib/glaive');
  refuseFlagsOfOthers(verb, args);
  const load = VERBS[verb];
  if (load === undefined) throw usage('fleet', `${verb} is not there yet`);
  return await (
    await load()
  )({ store: resolve(io.cwd, named), words, args, io });
}

function refuseFlagsOfOthers(verb: string, args: ParsedArgs): void {
  const own = new Set<FlagName>(FLAGS_OF[verb]);
  const ofVerbs = new Set(Object.values(FLAGS_OF).flat());
  const names = Object.keys(FLAGS) as FlagName[]; // the table's own keys
  const wrong = names.find((flag) => args.has(flag) && ofVerbs.has(flag) && !own.has(flag));
  if (wrong === undefined) return;
  const takers = Object.keys(FLAGS_OF).filter((each) => FLAGS_OF[each]!.includes(wrong));
  throw usage('fleet', `${verb} does not take --${wrong}`, `It is a flag of fleet ${takers.join(' and fleet ')}.`);
}
