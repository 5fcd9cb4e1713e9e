/** Loads the queue from `glaive-fleet.cjs`, a bundle of its own: only `--queue` needs it, and it is as large as everything else. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { VERSION } from '../../generated/package.ts';
import { GlaiveError, type GlaiveErrorCode } from '../../model/errors.ts';
import { printable } from '../../lib/printable.ts';
import { queueAddress } from './address.ts';
import type { FleetQueue, QueueBundle, QueueOptions } from './contract.ts';

const NAME = 'glaive-fleet.cjs';

/**
 * @param main the file of the program; undefined in an executable
 * @throws GlaiveError if the bundle is missing or of another version, or the server cannot be used
 */
export async function openFleetQueue(main: string | undefined, options: QueueOptions): Promise<FleetQueue> {
  queueAddress(options.url);
  const { openQueue } = bundleOf(main);
  const queue = await explained(openQueue(options));
  return { ...queue, work: (work) => explained(queue.work(work)) };
}

function bundleOf(main: string | undefined): QueueBundle {
  if (main === undefined)
    throw new GlaiveError('usage', 'the executable cannot use a queue', {
      hint: `Use the npm package, or glaive.cjs and ${NAME} of the release, with Node.`,
    });
  const folder = dirname(main);
  // Next to the single file; in the npm package, one above the chunks.
  const file = [join(folder, NAME), join(dirname(folder), NAME)].find((path) => existsSync(path));
  if (file === undefined)
    throw new GlaiveError('usage', `--queue needs ${NAME} in ${printable(folder)}`, {
      hint: `It is a file of the release, ${VERSION}: put it next to glaive.cjs.`,
    });
  const bundle = createRequire(file)(file) as QueueBundle;
  if (bundle.VERSION !== VERSION)
    throw new GlaiveError('usage', `${printable(file)} is of another version of glaive: not ${VERSION}`, {
      hint: 'Take both files from the same release.',
    });
  return bundle;
}

/** The bundle has an error class of its own. @throws GlaiveError */
async function explained<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'GlaiveError') throw error;
    const { code, hint } = error as GlaiveError;
    throw new GlaiveError(code satisfies GlaiveErrorCode, error.message, hint === undefined ? {} : { hint });
  }
}
