/** `glaive fleet merge` */

import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Collecting } from '../../../fleet/merge/dashboard/collect.ts';
import { writeDashboard } from '../../../fleet/merge/dashboard/write.ts';
import { type Merged, mergeStore } from '../../../fleet/merge/merge.ts';
import { openMetrics } from '../../../fleet/merge/openmetrics.ts';
import type { Summary } from '../../../fleet/merge/summary.ts';
import { mergeText } from '../../../fleet/merge/text.ts';
import { type Plan, readPlan } from '../../../fleet/plan.ts';
import { writeNetworks } from '../../../fleet/sharing.ts';
import { indexPath } from '../../../fleet/store.ts';
import { palette, wantsColor } from '../../../lib/color.ts';
import { plural } from '../../../lib/format-amounts.ts';
import { fsErrorMessage } from '../../../lib/fs-error-message.ts';
import { writeWhole } from '../../../lib/output-file.ts';
import { inTurn } from '../../../lib/turn-file.ts';
import { printable } from '../../../lib/printable.ts';
import { showWord } from '../../../lib/show-word.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { EXIT } from '../../../model/io.ts';
import { jsonText } from '../../../report/json-text.ts';
import { createTextRedactor } from '../../../scan/redact-text.ts';
import { type ParsedArgs, usage } from '../../args/parse.ts';
import type { FleetCall, FleetCode } from './call.ts';
import { checkFindings } from './merge-check.ts';
import { openChannels, tell } from './merge-notify.ts';

const FORMATS = ['html', 'json', 'openmetrics'] as const;

interface Destination {
  readonly format: (typeof FORMATS)[number];
  /** As the user wrote it. */
  readonly name: string;
}

/** Folds the results of the store into its index, and reports. One at a time, or a message might be sent twice. @throws GlaiveError */
export async function mergeVerb(call: FleetCall): Promise<FleetCode> {
  const { store, words, args, io } = call;
  if (words.length > 0) throw usage('fleet', 'merge takes no REPOSITORY', 'It merges all of the plan: --plan ID.');
  const destinations = destinationsOf(args);
  const plan = readPlan(store, args.value('plan'));
  // A wrong --notify is refused before anything is written.
  openChannels(call, plan);
  const turn = indexPath(store, TURN);
  try {
    mkdirSync(dirname(turn), { recursive: true, mode: 0o700 });
    return await inTurn(turn, async () => await mergeInTurn(plan, destinations, call), { signal: io.signal });
  } catch (error) {
    if (error instanceof GlaiveError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new GlaiveError('output', `cannot merge into ${dirname(turn)}: ${fsErrorMessage(error)}`, {
      hint: 'Nothing is lost: the reports are still there. Merge again.',
      cause: error,
    });
  }
}

const TURN = '.merge-turn';

async function mergeInTurn(plan: Plan, destinations: readonly Destination[], call: FleetCall): Promise<FleetCode> {
  const { store, args, io } = call;
  const failOn = args.value('fail-on') ?? 'likely';
  // Again: another merge may have sent messages before this one had its turn.
  const channels = openChannels(call, plan);
  const redact = createTextRedactor();
  let checked: Awaited<ReturnType<typeof checkFindings>> | undefined;
  if (args.has('verify')) {
    // Folded first, so that what tonight's sweeps have found is asked about too.
    await mergeStore(store, plan, { failOn, redact });
    checked = await checkFindings(call, plan);
  }
  const collecting = destinations.some(({ format }) => format === 'html') ? new Collecting() : undefined;
  const merged = await mergeStore(store, plan, {
    redact,
    failOn,
    ...(checked === undefined ? {} : { checked: checked.responses }),
    onRepository: (row, findings) => {
      collecting?.add(row, findings);
      for (const { channel } of channels) channel.add(row, findings);
    },
  });
  const { summary, repaired } = merged;
  if (repaired > 0)
    await io.stderr.write(
      `glaive: the index was damaged; ${plural(repaired, 'repository', 'repositories')} read again from the reports\n`,
    );
  // Forks of the next plan leave these out; without them they only cost more.
  await writeNetworks(store, plan);
  const paint = palette(wantsColor(io.env, io.stdout.isTTY, args.has('no-color')));
  if (!args.has('quiet') || merged.code !== EXIT.clean)
    for (const piece of mergeText(summary, paint)) await io.stdout.write(piece);
  const failures: GlaiveError[] = [];
  for (const destination of destinations)
    await kept(failures, async () => await write(destination, call, summary, collecting));
  for (const channel of channels) await kept(failures, async () => await tell(channel, summary, call));
  for (const gap of checked?.gaps ?? []) await io.stderr.write(`glaive: ${gap}\n`);
  if (merged.unasked > 0)
    await io.stderr.write(
      `glaive: ${plural(merged.unasked, 'secret')} not checked, so it is not known whether one of them is active\n` +
        '  Add --verify to this command, or to glaive fleet work.\n',
    );
  return await codeOf(merged, failures, (checked?.gaps ?? []).length > 0, call);
}

/** One output that fails does not keep the others back. */
async function kept(failures: GlaiveError[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GlaiveError)) throw error;
    failures.push(error);
  }
}

/** @throws GlaiveError the first failure, after the others are said */
async function codeOf(
  { code }: Merged,
  failures: readonly GlaiveError[],
  hasGaps: boolean,
  { io }: FleetCall,
): Promise<FleetCode> {
  const [first, ...others] = failures;
  for (const { message } of others) await io.stderr.write(`glaive: ${message}\n`);
  if (first !== undefined) throw first;
  return hasGaps ? EXIT.incomplete : code;
}

function destinationsOf(args: ParsedArgs): Destination[] {
  return args.values('output').map((value) => {
    const [, word = '', name = ''] = /^([a-z]+)=(.+)$/s.exec(value) ?? [];
    const format = FORMATS.find((each) => each === word);
    if (format === undefined)
      throw usage(
        'fleet',
        `merge cannot write ${showWord(value)}`,
        'It writes html=FOLDER, json=FILE and openmetrics=FILE; the text goes to standard output.',
      );
    return { format, name };
  });
}

async function write(
  { format, name }: Destination,
  { io, args }: FleetCall,
  summary: Summary,
  collecting: Collecting | undefined,
): Promise<void> {
  const path = resolve(io.cwd, name);
  if (format === 'html') await writeDashboard(path, summary, collecting!.result()); // it is there for this format
  else {
    try {
      // A collector of metrics runs as another user.
      await writeWhole(path, format === 'json' ? [jsonText(summary, 2), '\n'] : openMetrics(summary), {
        signal: io.signal,
        ...(format === 'openmetrics' ? { exactMode: 0o644 } : {}),
      });
    } catch (error) {
      throw new GlaiveError('output', `cannot write ${name}: ${fsErrorMessage(error)}`, { cause: error });
    }
  }
  if (!args.has('quiet'))
    await io.stderr.write(`glaive: ${format} written to ${printable(createTextRedactor()(name))}\n`);
}
