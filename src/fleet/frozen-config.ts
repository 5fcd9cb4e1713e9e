/** The configuration of a plan: every worker scans with the one that was there when the plan was made, on any machine. */

import { join } from 'node:path';
import { writeWhole } from '../lib/output-file.ts';
import { parseToml, toToml } from '../lib/toml.ts';
import { isRecord } from '../lib/is-record.ts';
import type { FrozenOptions } from './plan.ts';

const nameOf = (index: number): string => `rules-${index + 1}.toml`;

/** @param text of a valid configuration @param ruleFiles the texts of the rule files that it names */
export function frozenConfig(
  text: string,
  ruleFiles: readonly string[],
): Required<Pick<FrozenOptions, 'config'>> & Pick<FrozenOptions, 'ruleFiles'> {
  if (ruleFiles.length === 0) return { config: text };
  const parsed = parseToml(text);
  if (!parsed.ok || !isRecord(parsed.value) || !isRecord(parsed.value['rules']))
    throw new Error('a configuration with rule files has a table of them');
  const rules = { ...parsed.value['rules'], files: ruleFiles.map((_, index) => nameOf(index)) };
  return { config: toToml({ ...parsed.value, rules }), ruleFiles: [...ruleFiles] };
}

/**
 * Writes the configuration of a plan and its rule files into a folder; returns the path for `--config`. A plan without one gets an
 * empty file, so that no other configuration is read.
 *
 * @param folder of this worker alone; made if it does not exist
 * @throws the file system's error
 */
export async function thawConfig({ config = '', ruleFiles = [] }: FrozenOptions, folder: string): Promise<string> {
  const write = async (name: string, text: string): Promise<void> =>
    await writeWhole(join(folder, name), [text], { mode: 0o600, makeFolders: true });
  for (const [index, text] of ruleFiles.entries()) await write(nameOf(index), text);
  await write('glaive.toml', config);
  return join(folder, 'glaive.toml');
}
