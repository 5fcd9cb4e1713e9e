import { asdf } from './asdf.ts';
import type { Door } from './door.ts';
import { homebrew } from './homebrew.ts';
import { nix } from './nix.ts';
import { preCommit } from './pre-commit.ts';
import { renovate } from './renovate.ts';
import { scoop } from './scoop.ts';

export const DOORS: readonly Door[] = [homebrew, nix, preCommit, asdf, scoop, renovate];
