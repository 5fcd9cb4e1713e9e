/** `glaive fleet plan`: lists the repositories, and writes down which of them must be swept. */

import { resolve } from 'node:path';
import type { Listing } from '../../../fleet/listing/listing.ts';
import { inOrder, inShards } from '../../../fleet/order.ts';
import { newPlanId } from '../../../fleet/plan-id.ts';
import { type Plan, type PlanSource, writePlan } from '../../../fleet/plan.ts';
import { createPathMatcher, problemOfPatterns } from '../../../lib/path-patterns.ts';
import { type GlaiveError, throwIfInterrupted } from '../../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../../model/io.ts';
import { createTextRedactor } from '../../../scan/redact-text.ts';
import { type ParsedArgs, usage } from '../../args/parse.ts';
import type { FleetCall } from './call.ts';
import { planOptions } from './plan-options.ts';
import { checkEngines, toEngines } from './plan-engines.ts';
import { boundedGaps, sayPlan } from './say-plan.ts';

/** What a plan is made from. */
interface Source {
  readonly source: PlanSource;
  readonly listing: Listing;
  /** When there was activity in a project, by key: from a GitLab. */
  readonly activity?: ReadonlyMap<string, string>;
}

export async function planVerb({ store, words, args, io }: FleetCall): Promise<ExitCode> {
  if (words.length > 0)
    throw usage('fleet', 'plan takes no REPOSITORY', 'Name what is planned with --disk, --from, --group or --project.');
  checkEngines({ args, io });
  const isSkipped = skipOf(args);
  const { options, ruleset, detection } = await planOptions(store, args, io);
  const { source, listing, activity } = await listedBy(args, io, isSkipped);
  throwIfInterrupted(io.signal);
  const now = io.clock();
  const ordered = inOrder(
    args.has('since-last')
      ? (await import('../../../fleet/since-last.ts')).markUnchanged(listing.items, {
          store,
          source,
          detection,
          now,
          // The digests of a disk are reliable; GitLab may not know of every change.
          allEvery: args.value('all-every') ?? (activity === undefined ? undefined : 7),
          spreadsRules: args.has('all-every'),
          ...(activity === undefined ? {} : { activity }),
        })
      : listing.items,
  );
  const shards = args.value('shards');
  const items = shards === undefined ? ordered : inShards(ordered, shards);
  const gaps = boundedGaps(listing.gaps, createTextRedactor(ruleset));
  const plan: Plan = {
    head: {
      glaive: 'fleet-plan',
      version: 1,
      id: newPlanId(store, now),
      at: now.toISOString(),
      detection,
      options,
      source,
      items: items.length,
      ...(shards === undefined ? {} : { shards }),
      ...(gaps.length === 0 ? {} : { gaps }),
    },
    items,
  };
  await writePlan(store, plan);
  await toEngines(plan, { store, words, args, io });
  await sayPlan({ plan, left: listing.left, store: args.value('store')! }, args, io); // fleetCommand refuses to go without
  return gaps.length === 0 ? EXIT.clean : EXIT.incomplete;
}

/** @throws GlaiveError */
async function listedBy(args: ParsedArgs, io: Io, isSkipped: (path: string) => boolean): Promise<Source> {
  const { signal } = io;
  const [disk, from] = [args.value('disk'), args.value('from')];
  if (disk === undefined && from === undefined) return await listedByGitLab(args, io, isSkipped);
  refuseFlagsOfGitLab(args);
  if (disk !== undefined) {
    const { listDisk } = await import('../../../fleet/listing/disk.ts');
    const listing = await listDisk({
      root: resolve(io.cwd, disk),
      server: args.values('gitlab-url').at(-1),
      isSkipped,
      signal,
    });
    return { source: { kind: 'disk', root: listing.root }, listing };
  }
  const { listNamed } = await import('../../../fleet/listing/list.ts');
  const { name, text } = await listText(from!, io); // one of the two
  return { source: { kind: 'list' }, listing: await listNamed({ text, name, cwd: io.cwd, isSkipped, signal }) };
}

/** @throws GlaiveError */
async function listedByGitLab(args: ParsedArgs, io: Io, isSkipped: (path: string) => boolean): Promise<Source> {
  const [groups, projects] = [args.values('group'), args.values('project')];
  // In a job of CI the address of the GitLab is always there: all its projects must be asked for by name.
  if (!args.has('gitlab-url') && groups.length + projects.length === 0)
    throw usage('fleet', 'plan needs --disk, --from, --group, --project or --gitlab-url');
  const { clientWith, serverOf, tokenOf } = await import('../../servers/gitlab-access.ts');
  const server = serverOf(args, io);
  const token = await tokenOf(args, io, server);
  if (token === undefined && !args.has('quiet'))
    await io.stderr.write('glaive: note: there is no token, so GitLab lists public projects only\n');
  const { listGitLab } = await import('../../../fleet/listing/gitlab.ts');
  const listing = await listGitLab({
    client: clientWith(args, io, { server, token })(io.signal),
    groups,
    projects,
    isSkipped,
    archived: args.value('archived') !== 'no',
    forks: args.value('forks') !== 'no',
    signal: io.signal,
  });
  return {
    source: { kind: 'gitlab', url: server, groups: [...groups], projects: [...projects] },
    listing,
    activity: listing.activity,
  };
}

/** What only a GitLab knows of a project. @throws GlaiveError */
function refuseFlagsOfGitLab(args: ParsedArgs): void {
  for (const flag of ['archived', 'forks'] as const)
    if (args.value(flag) === 'no')
      throw usage(
        'fleet',
        `--${flag} no needs --gitlab-url: a disk does not tell it`,
        'Leave out projects with --skip.',
      );
}

/** Patterns in gitignore syntax. @throws GlaiveError */
function skipOf(args: ParsedArgs): (path: string) => boolean {
  const patterns = args.values('skip');
  if (patterns.length === 0) return () => false;
  const problem = problemOfPatterns(patterns);
  if (problem !== undefined)
    throw usage('fleet', `--skip: ${problem.message}`, 'It is a pattern as in .gitignore, like "group/archive-*".');
  const matches = createPathMatcher(patterns);
  return (path) => matches(path.replace(/^\/+/, ''));
}

/** Bytes: a line for each of a million repositories. */
const LIST_MAX = 256 * 1024 * 1024;

/** @throws GlaiveError */
async function listText(file: string, io: Io): Promise<{ readonly name: string; readonly text: string }> {
  const { decodePath } = await import('../../../lib/path-bytes.ts');
  const tooLong = (): GlaiveError => usage('fleet', '--from: the list is longer than 256 MB');
  if (file === '-') {
    const { readStdin } = await import('../../read-stdin.ts');
    return { name: '<stdin>', text: decodePath(await readStdin(io, { max: LIST_MAX, tooLong })) };
  }
  const { bytesNamed } = await import('../../../lib/named-file.ts');
  const { fsErrorMessage } = await import('../../../lib/fs-error-message.ts');
  const bytes = await bytesNamed(resolve(io.cwd, file), { max: LIST_MAX, signal: io.signal }).catch(
    (error: unknown) => {
      throw usage('fleet', `--from ${file}: ${fsErrorMessage(error)}`);
    },
  );
  throwIfInterrupted(io.signal);
  if (bytes === undefined) throw usage('fleet', `--from ${file}: no such file`);
  return { name: file, text: decodePath(bytes) };
}
