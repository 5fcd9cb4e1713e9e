/**
 * Stores the new tokens of `rotate`. A new token exists only once, and the old one is revoked by then. So a file is reserved
 * for it before anything is rotated; the token is written there first, and stays there if it cannot be stored elsewhere.
 */

import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { placeOfNew, writeWhole } from '../lib/output-file.ts';
import { printable } from '../lib/printable.ts';
import { ReservedFile } from '../lib/reserved-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Step } from './remediation.ts';
import { makeFolder } from './state-folder.ts';

export interface TokenStore {
  /** Prepares and tests a place for the new token of a step. If it throws, nothing is rotated. @throws GlaiveError */
  open(step: Step): Promise<Place>;
}

export interface Place {
  /** The file that has the new token until it is stored. */
  readonly reserved: string;
  /** @throws GlaiveError that names the file where the token is instead */
  keep(successor: string): Promise<void>;
  close(): Promise<void>;
}

export const OUTPUT_HINT =
  'A FILE for one token, a FOLDER for several, readable only by you. Or vault:path/field@mount.';

export interface FileStoreOptions {
  /** An absolute path: a file, or a folder that exists. */
  readonly target: string;
  /** How many tokens there will be. */
  readonly count: number;
  /** Undefined where the user has none. */
  readonly state: string | undefined;
  readonly say: (text: string) => Promise<void>;
}

/** @throws GlaiveError (`usage`) for a target that cannot be written */
export function fileStore({ target, count, state, say }: FileStoreOptions): TokenStore {
  const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder && count > 1) throw refusal(`there are ${count} tokens to rotate, and --output is not a folder`);
  const unwritable = (error: unknown): GlaiveError => refusal(`--output cannot be written: ${fsErrorMessage(error)}`);
  try {
    accessSync(isFolder ? target : dirname(target), constants.W_OK);
  } catch (error) {
    throw unwritable(error);
  }
  return {
    async open(step) {
      const file = isFolder ? join(target, `${step.finding.secretFingerprint.slice(0, 16)}.token`) : target;
      let path: string | undefined;
      let reserved: ReservedFile;
      try {
        path = placeOfNew(file);
        reserved = path === undefined ? reserveInState(step, state) : new ReservedFile(dirname(path), '.glaive-');
      } catch (error) {
        throw error instanceof GlaiveError ? error : unwritable(error);
      }
      return placeAt(reserved, step, {
        async put(successor) {
          if (path !== undefined && reserved.isFilled) reserved.moveTo(path);
          else await writeWhole(file, [`${successor}\n`], { mode: 0o600 });
          await say(`the new token is in ${printable(file)}`);
        },
        async close() {},
      });
    },
  };
}

export interface Destination {
  /** @throws GlaiveError, or the file system's error */
  put(successor: string): Promise<void>;
  close(): Promise<void>;
}

/** A place that writes the token to the reserved file first, and then to its destination. */
export function placeAt(reserved: ReservedFile, { finding }: Step, destination: Destination): Place {
  let isStored = false;
  return {
    reserved: reserved.path,
    async keep(successor) {
      try {
        reserved.fill(`${successor}\n`);
      } catch {
        // The destination may still take it.
      }
      try {
        await destination.put(successor);
        isStored = true;
      } catch (error) {
        const why = error instanceof GlaiveError ? error.message : fsErrorMessage(error);
        throw new GlaiveError('output', `the new token of ${finding.preview} cannot be written: ${why}`, {
          hint: reserved.isFilled
            ? `It is in ${reserved.path}, readable only by you: store it where it belongs, and delete that file.`
            : 'It is lost, and the old one no longer works: create a new one by hand.',
          cause: error,
        });
      }
    },
    async close() {
      if (isStored || !reserved.isFilled) reserved.drop();
      await destination.close();
    },
  };
}

/** A file in the user's state folder. @throws GlaiveError (`usage`) where none can be made */
export function reserveInState({ finding }: Step, state: string | undefined): ReservedFile {
  if (state === undefined)
    throw refusal(
      'there is no folder of yours to keep a new token that cannot be stored',
      'Name one: XDG_STATE_HOME=/FOLDER',
    );
  let folder = join(state, 'tokens');
  try {
    folder = dirname(placeOfNew(join(folder, 'token')) ?? join(folder, 'token'));
    makeFolder(folder);
    ignoreInGit(folder);
    return new ReservedFile(folder, `${finding.secretFingerprint.slice(0, 16)}-`);
  } catch (error) {
    throw refusal(
      `${folder}, for a new token that cannot be stored, cannot be written: ${fsErrorMessage(error)}`,
      'Name another folder of yours: XDG_STATE_HOME=/FOLDER',
    );
  }
}

export function refusal(message: string, hint = OUTPUT_HINT): GlaiveError {
  return new GlaiveError('usage', `rotate: ${message}`, { hint });
}

/** The home of a user may be a repository. */
function ignoreInGit(folder: string): void {
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch {
    // It exists. If nothing can be written here, reserving the file fails too.
  }
}
