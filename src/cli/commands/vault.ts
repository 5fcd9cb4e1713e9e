/** `glaive vault get PATH` */

import { resolve } from 'node:path';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { writeWhole } from '../../lib/output-file.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { parseReference } from '../../vault/reference.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { subcommandOf } from '../args/subcommand.ts';
import { secretFromVault } from '../servers/vault-access.ts';

/** Gives one secret, byte for byte, to a file that only its owner can read or to another program; not to a terminal. */
export async function vaultCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [, [path]] = subcommandOf(args, 'vault');
  if (path === undefined) throw usage('vault', 'PATH is missing: glaive vault get PATH');
  const reference = parseReference(path, {
    engine: args.value('engine'),
    mount: args.value('mount'),
    field: args.value('field'),
  });
  const [file, ...others] = args.values('output');
  if (others.length > 0) throw usage('vault', '--output was given more than once');
  if (file === undefined && io.stdout.isTTY && !args.has('force'))
    throw usage(
      'vault',
      'a secret is not shown on a terminal',
      'Write it to a file (--output FILE), pipe it, or insist with --force.',
    );
  const secret = await secretFromVault(reference, args, io);
  if (file === undefined) {
    await io.stdout.write(secret);
    return EXIT.clean;
  }
  const target = resolve(io.cwd, file);
  try {
    await writeWhole(target, [secret], { mode: 0o600 });
  } catch (error) {
    throw new GlaiveError('output', `cannot write ${JSON.stringify(file)}: ${fsErrorMessage(error)}`, { cause: error });
  }
  return EXIT.clean;
}
