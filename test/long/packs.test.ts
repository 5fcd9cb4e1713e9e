/** A repository that is large enough for the pack reader to be chosen. */

import { expect, it } from 'vitest';
import { fuzzRepository } from '../support/fuzz-repository.ts';
import { historyJson } from '../support/scan-report.ts';

it('a large repository is read by the pack reader, and the findings are those of git', async () => {
  const cwd = fuzzRepository(8, { commits: 900 });
  const places = async (...args: string[]): Promise<string[]> => {
    const { report } = await historyJson(cwd, args);
    return report.findings
      .flatMap(({ artifact, regions, secretFingerprint }) =>
        regions.map(({ byteOffset, byteLength }) => `${artifact.uri} ${byteOffset} ${byteLength} ${secretFingerprint}`),
      )
      .toSorted();
  };
  expect(await places()).toEqual(await places('--reader', 'git'));
});
