/** The address of the queue that a command uses. */

import type { Io } from '../../../model/io.ts';
import { type ParsedArgs, usage } from '../../args/parse.ts';

const VARIABLE = 'GLAIVE_FLEET_QUEUE';

/** Undefined without `--queue`. @throws GlaiveError */
export function queueUrl(args: ParsedArgs, env: Io['env']): string | undefined {
  const given = args.value('queue');
  if (given !== 'env') return given;
  const { [VARIABLE]: url = '' } = env;
  if (url === '')
    throw usage('fleet', `--queue env: ${VARIABLE} is not set`, 'Its value is an address, like redis://HOST:6379/0.');
  return url;
}
