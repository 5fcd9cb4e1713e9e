/**
 * Where `rotate` puts new tokens: a file or a secret of Vault for one, a folder for several. A new token exists once, and the
 * old one is dead by then: so there is a file with room for it before anything is rotated, it goes there first, and stays
 * there when it cannot be put where it belongs.
 */

import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { placeOfNew, writeWhole } from '../../lib/output-file.ts';
import { printable } from '../../lib/printable.ts';
import { ReservedFile } from '../../lib/reserved-file.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Io } from '../../model/io.ts';
import type { Step } from '../../credentials/remediation.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { makeFolder, stateFolder } from '../state-folder.ts';

export interface TokenStore {
  /** Makes a place ready, and proves it. Nothing is rotated when it throws. @throws GlaiveError */
  open(step: Step): Promise<Place>;
}

export interface Place {
  /** Where the new token is until it is where it belongs. */
  readonly reserved: string;
  /** @throws GlaiveError that says where it is instead */
  keep(successor: string): Promise<void>;
  close(): Promise<void>;
}

const WHERE =
  'A FILE for one token, a FOLDER for several; only you may read what is written. Or vault:path/field@mount.';

/** Decided before anything is done. @throws GlaiveError */
export async function openTokenStore(count: number, call: ParsedArgs, io: Io): Promise<TokenStore> {
  const [path, ...others] = call.values('output');
  if (path === undefined || others.length > 0)
    throw usage(call.command, 'it needs --output, where the new token is written', WHERE);
  return path.startsWith('vault:')
    ? await vaultKeeper(path.slice('vault:'.length), count, call, io)
    : fileKeeper(resolve(io.cwd, path), count, call, io);
}

async function vaultKeeper(text: string, count: number, call: ParsedArgs, io: Io): Promise<TokenStore> {
  const [{ parseReference }, { vaultDestination }] = await Promise.all([
    import('../../vault/reference.ts'),
    import('./vault-access.ts'),
  ]);
  const reference = parseReference(text);
  if (count > 1) throw usage(call.command, `there are ${count} tokens to rotate, and --output is one secret`, WHERE);
  return {
    async open(step) {
      const reserved = reserveInState(step, call, io);
      try {
        const destination = await vaultDestination(reference, call, io);
        return placeOf(reserved, step, {
          async put(successor) {
            await destination.put(successor);
            await io.stderr.write(`glaive: the new token is in Vault: ${printable(text)}\n`);
          },
          async close() {
            await destination.close();
            if (destination.wasCreated && !reserved.isFilled)
              await io.stderr.write(`glaive: ${printable(text)} was made in Vault to try it, and is empty\n`);
          },
        });
      } catch (error) {
        reserved.drop();
        throw error;
      }
    },
  };
}

function fileKeeper(target: string, count: number, call: ParsedArgs, io: Io): TokenStore {
  const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder && count > 1)
    throw usage(call.command, `there are ${count} tokens to rotate, and --output is no folder`, WHERE);
  const refuse = (error: unknown): GlaiveError =>
    usage(call.command, `--output cannot be written: ${fsErrorMessage(error)}`, WHERE);
  try {
    accessSync(isFolder ? target : dirname(target), constants.W_OK);
  } catch (error) {
    throw refuse(error);
  }
  return {
    async open(step) {
      const file = isFolder ? join(target, `${step.finding.secretFingerprint.slice(0, 16)}.token`) : target;
      const said = async (): Promise<void> => await io.stderr.write(`glaive: the new token is in ${printable(file)}\n`);
      let place: string | undefined;
      let reserved: ReservedFile;
      try {
        place = placeOfNew(file);
        reserved = place === undefined ? reserveInState(step, call, io) : new ReservedFile(dirname(place), '.glaive-');
      } catch (error) {
        throw error instanceof GlaiveError ? error : refuse(error);
      }
      return placeOf(reserved, step, {
        async put(successor) {
          if (place !== undefined && reserved.isFilled) reserved.moveTo(place);
          else await writeWhole(file, [`${successor}\n`], { mode: 0o600 });
          await said();
        },
        async close() {},
      });
    },
  };
}

interface Destination {
  /** @throws GlaiveError, or the file system's error */
  put(successor: string): Promise<void>;
  close(): Promise<void>;
}

function placeOf(reserved: ReservedFile, { finding }: Step, destination: Destination): Place {
  let isKept = false;
  return {
    reserved: reserved.path,
    async keep(successor) {
      try {
        reserved.fill(`${successor}\n`);
      } catch {
        // It may yet reach the place where it belongs.
      }
      try {
        await destination.put(successor);
        isKept = true;
      } catch (error) {
        const why = error instanceof GlaiveError ? error.message : fsErrorMessage(error);
        throw new GlaiveError('output', `the new token of ${finding.preview} cannot be written: ${why}`, {
          hint: reserved.isFilled
            ? `It is in ${reserved.path}, which only you may read: put it where it belongs, and remove that file.`
            : 'It is lost, and the old one does not work any more: make a new one by hand.',
          cause: error,
        });
      }
    },
    async close() {
      if (isKept || !reserved.isFilled) reserved.drop();
      await destination.close();
    },
  };
}

/** @throws GlaiveError where no file can be made for it */
function reserveInState({ finding }: Step, call: ParsedArgs, io: Io): ReservedFile {
  const state = stateFolder(io);
  if (state === undefined)
    throw usage(
      call.command,
      'it needs a folder of yours, for a new token that cannot be put where it belongs',
      'Name one: XDG_STATE_HOME=/FOLDER',
    );
  let folder = join(state, 'tokens');
  try {
    folder = dirname(placeOfNew(join(folder, 'token')) ?? join(folder, 'token'));
    makeFolder(folder);
    ignoreInGit(folder);
    return new ReservedFile(folder, `${finding.secretFingerprint.slice(0, 16)}-`);
  } catch (error) {
    throw usage(
      call.command,
      `${folder}, for a new token that cannot be put where it belongs, cannot be written: ${fsErrorMessage(error)}`,
      'Name another folder of yours: XDG_STATE_HOME=/FOLDER',
    );
  }
}

/** A home may be a repository. */
function ignoreInGit(folder: string): void {
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch {
    // It is there. Where nothing can be written, that is said of the file itself.
  }
}
