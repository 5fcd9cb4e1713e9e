/** The policy: configuration, rule files, ignore file and baseline. */

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { baselinePath } from '../../../config/baseline-file.ts';
import { configPaths } from '../../../config/places.ts';
import { type Policy, readPolicy } from '../../../config/policy.ts';
import { gitText } from '../../../git/spawn.ts';
import { plural } from '../../../lib/format-amounts.ts';
import { readOptionalFile } from '../../../lib/optional-file.ts';
import { shownPath } from '../../../lib/shown-path.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { configureRuleset } from '../../../rules/configure.ts';
import { type Check, note, ok, problemOf, type Result, type Situation } from './check.ts';

export const settingsCheck: Check = {
  name: 'configuration',
  run: async (situation) => {
    const { io, repository } = situation;
    const root = repository.kind === 'work tree' ? repository.root : undefined;
    const base = root ?? io.cwd;
    let policy: Policy;
    try {
      policy = await readPolicy({
        cwd: io.cwd,
        root,
        env: io.env,
        named: undefined,
        baseline: undefined,
        readNamed: (path) => readOptionalFile(path),
      });
      await configureRuleset(policy.config, base);
    } catch (error) {
      if (error instanceof GlaiveError && (error.code === 'config' || error.code === 'rules'))
        return [problemOf(error)];
      throw error;
    }
    const nearest = configPaths(io.cwd, base).find((path) => existsSync(path));
    const what = nearest === undefined ? 'none here, so the defaults apply' : `${shownPath(io.cwd, nearest)} is valid`;
    return [ok(what), ...(await baselineResults(policy, base, situation))];
  },
};

async function baselineResults(
  { baseline, config }: Policy,
  base: string,
  { io, git, repository }: Situation,
): Promise<Result[]> {
  const path = baselinePath(undefined, io.cwd, base);
  const today = io.clock().toISOString().slice(0, 10);
  const expired = [...baseline, ...config.allow].filter(({ expires }) => expires !== undefined && expires < today);
  const results: Result[] = [];
  if (existsSync(path)) results.push(ok(`${plural(baseline.length, 'accepted leak')} in ${basename(path)}`));
  if (expired.length > 0)
    results.push(
      note(
        `${plural(expired.length, 'exception')} expired: what they accepted is reported again`,
        'Remove them, or accept it again: glaive accept FINGERPRINT --reason "..."',
      ),
    );
  if (repository.kind === 'work tree' && existsSync(path)) {
    const tracked = await gitText(['ls-files', '-z', '--', path], { ...git, cwd: base });
    if (tracked === '')
      results.push(note(`${basename(path)} is not committed, so it does not apply in CI`, `git add ${basename(path)}`));
  }
  return results;
}
