import type { Way } from '../way.ts';
import { asdf } from './asdf.ts';
import { debian } from './debian.ts';
import { executable } from './executable.ts';
import { image } from './image.ts';
import { npmGit, npmGlobals, npmProject, npx } from './npm.ts';
import { otherManagers } from './other-managers.ts';
import { preCommit } from './pre-commit.ts';

export const WAYS: readonly Way[] = [
  ...npmGlobals,
  npx,
  npmProject,
  npmGit,
  ...otherManagers,
  executable,
  image,
  debian,
  preCommit,
  asdf,
];
