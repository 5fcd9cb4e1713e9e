/** `rotate --output`: the store of the new tokens. */

import { resolve } from 'node:path';
import { stateFolder } from '../../credentials/state-folder.ts';
import {
  fileStore,
  OUTPUT_HINT,
  placeAt,
  refusal,
  reserveInState,
  type TokenStore,
} from '../../credentials/token-store.ts';
import { printable } from '../../lib/printable.ts';
import type { Io } from '../../model/io.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';

/** Opened before anything is rotated. @param count of new tokens @throws GlaiveError */
export async function openTokenStore(count: number, args: ParsedArgs, io: Io): Promise<TokenStore> {
  const [path, ...others] = args.values('output');
  if (path === undefined || others.length > 0)
    throw usage(args.command, 'it needs --output, where the new token is written', OUTPUT_HINT);
  if (path.startsWith('vault:')) return await vaultStore(path.slice('vault:'.length), count, args, io);
  const say = async (text: string): Promise<void> => await io.stderr.write(`glaive: ${text}\n`);
  return fileStore({ target: resolve(io.cwd, path), count, state: stateFolder(io.env), say });
}

async function vaultStore(text: string, count: number, args: ParsedArgs, io: Io): Promise<TokenStore> {
  const [{ parseReference }, { vaultDestination }] = await Promise.all([
    import('../../vault/reference.ts'),
    import('./vault-access.ts'),
  ]);
  const reference = parseReference(text);
  if (count > 1) throw refusal(`there are ${count} tokens to rotate, and --output is one secret`);
  return {
    async open(step) {
      const reserved = reserveInState(step, stateFolder(io.env));
      try {
        const destination = await vaultDestination(reference, args, io);
        return placeAt(reserved, step, {
          async put(successor) {
            await destination.put(successor);
            await io.stderr.write(`glaive: the new token is in Vault: ${printable(text)}\n`);
          },
          async close() {
            await destination.close();
            if (destination.wasCreated && !reserved.isFilled)
              await io.stderr.write(`glaive: ${printable(text)} was created in Vault as a test, and is empty\n`);
          },
        });
      } catch (error) {
        reserved.drop();
        throw error;
      }
    },
  };
}
