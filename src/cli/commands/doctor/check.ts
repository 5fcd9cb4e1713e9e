/** What `glaive doctor` checks, and in which words it answers. */

import type { GitOptions } from '../../../git/spawn.ts';
import type { GlaiveError } from '../../../model/errors.ts';
import type { Io } from '../../../model/io.ts';
import type { ParsedArgs } from '../../args/parse.ts';

/** `unknown`: doctor could not check it. */
export type Outcome = 'ok' | 'note' | 'problem' | 'unknown';

export interface Result {
  readonly outcome: Outcome;
  readonly message: string;
  /** The way out. */
  readonly hint?: string | undefined;
}

/** The repository around the current folder, as git sees it. */
export type Repository =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string }
  | {
      readonly kind: 'work tree' | 'bare';
      /** Absolute: of the work tree, or the bare repository itself. */
      readonly root: string;
      /** The folder of git that all work trees share, and that of the hooks. Absolute. */
      readonly gitFolder: string;
      readonly hooksPath: string;
    };

export interface Situation {
  readonly args: ParsedArgs;
  readonly io: Io;
  readonly git: GitOptions;
  readonly repository: Repository;
}

export interface Check {
  readonly name: string;
  /** No result: there is nothing of the kind here. @throws GlaiveError if it cannot be checked */
  run(situation: Situation): Promise<readonly Result[]> | readonly Result[];
}

export const ok = (message: string): Result => ({ outcome: 'ok', message });
export const note = (message: string, hint?: string): Result => ({ outcome: 'note', message, hint });
export const problem = (message: string, hint?: string): Result => ({ outcome: 'problem', message, hint });
export const problemOf = ({ message, hint }: GlaiveError): Result => problem(message, hint);

/** Whether this is a job of a CI system, where neither hooks nor a person are. */
export const isJob = ({ io: { env } }: Situation): boolean => (env['CI'] ?? '') !== '';
