/** The table of checks, in the order of the output. A new check is one entry. */

import type { Check } from './check.ts';
import { ciFilesCheck } from './ci-files.ts';
import { jobCheck, tokenCheck } from './ci-job.ts';
import { hooksCheck, serverHookCheck } from './hooks.ts';
import { foldersCheck, gitCheck, nodeCheck } from './machine.ts';
import { repositoryCheck, wholeCheck } from './repository.ts';
import { gitlabCheck, vaultCheck } from './servers.ts';
import { settingsCheck } from './settings.ts';

export const CHECKS: readonly Check[] = [
  nodeCheck,
  gitCheck,
  foldersCheck,
  repositoryCheck,
  wholeCheck,
  hooksCheck,
  serverHookCheck,
  settingsCheck,
  ciFilesCheck,
  jobCheck,
  tokenCheck,
  vaultCheck,
  gitlabCheck,
];
