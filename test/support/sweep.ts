/** Runs one sweep of a repository in the test's own process, as commands do that sweep many. */

import { readArgs } from '../../src/cli/args/parse.ts';
import {
  sweepDigest,
  sweepHistory,
  type SweepOptions,
  type SweepResult,
} from '../../src/cli/commands/history-sweep.ts';
import type { HistoryState } from '../../src/history/state.ts';
import type { Report } from '../../src/model/report.ts';
import { testIo } from './run-cli.ts';

export interface SweepChoice extends Pick<SweepOptions, 'known' | 'own'> {
  readonly args?: readonly string[];
  /** The state of the sweep before; absent: there was none. */
  readonly before?: HistoryState | undefined;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

/** @param folder of the repository */
export async function sweep(
  folder: string,
  { args = [], before, signal, env, ...options }: SweepChoice = {},
): Promise<SweepResult> {
  const { io } = testIo([], { cwd: folder, ...(env === undefined ? {} : { env }) });
  const parsed = readArgs('history', ['--quiet', ...args]);
  const digest = await sweepDigest(parsed, io, folder);
  return await sweepHistory(parsed, io, {
    repository: { cwd: folder, env: io.env, about: 'around', signal: signal ?? io.signal },
    state: { digest, stored: before, name: 'test.state' },
    ...options,
  });
}

/** What a report lists, sorted: fingerprint and place of each finding, and whether a ref leads to it. */
export function listedIn({ findings }: Report): string[] {
  return findings
    .map(
      ({ fingerprint, artifact, history }) => `${fingerprint} ${artifact.kind} ${artifact.uri} ${history?.reachable}`,
    )
    .toSorted();
}
