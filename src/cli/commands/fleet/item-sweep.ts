/** One sweep of one repository of a plan, in this process. */

import { dirname } from 'node:path';
import type { ItemSweep } from '../../../fleet/item.ts';
import type { PlanHead } from '../../../fleet/plan.ts';
import type { Io } from '../../../model/io.ts';
import type { ParsedArgs } from '../../args/parse.ts';
import { sweepHistory } from '../history-sweep.ts';

/** @param args those of `glaive history` */
export function itemSweep(args: ParsedArgs, io: Io, head: PlanHead): ItemSweep {
  return async ({ place, stored, stateName, signal, shared }) => {
    const env = trusting(io.env, [place.dir]);
    const repository = { cwd: place.dir, env: { ...env, GIT_CEILING_DIRECTORIES: dirname(place.dir) }, signal };
    return await sweepHistory(
      args,
      { ...io, env: repository.env, signal },
      {
        repository: { ...repository, about: 'around' },
        name: place.dir,
        isAdministered: true,
        ...shared,
        // Git needs three processes to name HEAD and the remote; the report names the project.
        isNamed: ({ findings }) => findings.length > 0,
        state: { digest: head.detection, stored, name: stateName },
      },
    );
  };
}

/** Git reads these folders although they belong to another user, as a storage of Gitaly does. The plan names them. */
function trusting(env: Io['env'], folders: readonly string[]): Io['env'] {
  const first = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const entries = folders.flatMap((folder, index) => [
    [`GIT_CONFIG_KEY_${first + index}`, 'safe.directory'],
    [`GIT_CONFIG_VALUE_${first + index}`, folder],
  ]);
  return { ...env, ...Object.fromEntries(entries), GIT_CONFIG_COUNT: `${first + folders.length}` };
}
