/** `glaive upgrade`: how this glaive was installed, and how to get the newest one. It changes nothing. */

import { NAME, REPOSITORY, VERSION } from '../../generated/package.ts';
import { ApiError } from '../../http/api-error.ts';
import { HttpClient } from '../../http/http-client.ts';
import { JsonClient } from '../../http/json-client.ts';
import type { Server } from '../../http/server.ts';
import { isNewer } from '../../lib/version-order.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { serverFor } from '../args/values.ts';
import { openNetwork } from '../servers/network-options.ts';
import { installationOf } from './upgrade/installation.ts';
import { newestInRegistry, newestRelease } from './upgrade/newest.ts';

const REGISTRY = 'https://registry.npmjs.org';
/** Milliseconds of silence after which the server is given up. */
const IDLE_TIMEOUT = 10_000;
const REQUESTS_PER_HOUR = 100;

/** Exit codes: 0 there is no newer version, 1 there is, 2 the answer could not be had. */
export async function upgradeCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const installation = installationOf(io);
  const say = async (text: string): Promise<void> => await io.stdout.write(`${text}\n`);
  const isQuiet = args.has('quiet');
  if (!isQuiet) await say(`glaive ${VERSION}: ${installation.what}`);
  let newest: string | undefined;
  if (args.has('check')) {
    const { server, ask } = await questionOf(args, io, installation.isFromRegistry);
    try {
      newest = await ask();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await io.stderr.write(`glaive: ${server} did not say which version is the newest: ${error.message}\n`);
      return EXIT.incomplete;
    }
    if (!isNewer(newest, VERSION)) {
      if (!isQuiet) await say(`There is no newer version: ${server} has ${newest}.`);
      return EXIT.clean;
    }
    await say(`There is a newer version: ${server} has ${newest}.`);
  }
  if (!isQuiet) {
    await say('\nTo upgrade:');
    for (const line of installation.commands) await say(`  ${line}`);
    await say(`\nWhat has changed: ${REPOSITORY}/-/blob/${newest === undefined ? 'main' : `v${newest}`}/CHANGELOG.md`);
    if (newest === undefined) await say('Nothing was sent. With --check, glaive asks which version is the newest.');
  }
  return newest === undefined ? EXIT.clean : EXIT.findings;
}

interface Question {
  readonly server: Server;
  /** @throws ApiError */
  readonly ask: () => Promise<string>;
}

async function questionOf(args: ParsedArgs, io: Io, isFromRegistry: boolean): Promise<Question> {
  const http = new HttpClient({
    network: openNetwork(args, io),
    signal: io.signal,
    requestsPerHour: REQUESTS_PER_HOUR,
    idleTimeout: IDLE_TIMEOUT,
  });
  const mirror = io.env['GLAIVE_REGISTRY'] || undefined;
  const registry = args.value('registry') ?? (mirror === undefined ? undefined : serverFor('GLAIVE_REGISTRY')(mirror));
  const releases = args.value('releases');
  if (releases === undefined && (registry !== undefined || isFromRegistry)) {
    const server = registry ?? serverFor('--registry')(REGISTRY);
    return { server, ask: async () => await newestInRegistry(new JsonClient(server, http), NAME, REPOSITORY) };
  }
  const project = new URL(releases ?? REPOSITORY);
  const server = serverFor('--releases')(project.origin);
  return { server, ask: async () => await newestRelease(new JsonClient(server, http), project.pathname.slice(1)) };
}
