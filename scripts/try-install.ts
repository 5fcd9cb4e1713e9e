/**
 * `npm run try-install`: installs glaive in every way that the documents name, each in an empty folder, from a registry on loopback and from the files
 * of `npm run release`. Each one runs a scan, a history and a hook. `npm run try-install -- WAY...`: only these ways. `npm run try-install -- --list`: the ways,
 * and the line that a user types for each.
 */

import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile, readProduct } from './release/product.ts';
import { registryOn } from './try-install/registry.ts';
import { sizeOf } from './try-install/size.ts';
import { toolsIn } from './try-install/tools.ts';
import { useGlaive } from './try-install/use.ts';
import type { TryContext, Way } from './try-install/way.ts';
import { WAYS } from './try-install/ways/index.ts';

interface Row {
  readonly way: string;
  readonly seconds: string;
  readonly megabytes: string;
  readonly result: string;
}

export async function main(root: string, names: readonly string[]): Promise<void> {
  if (names.includes('--list')) {
    const width = Math.max(...WAYS.map(({ name }) => name.length));
    for (const { name, line } of WAYS) process.stdout.write(`${name.padEnd(width)}  ${line}\n`);
    return;
  }
  const unknown = names.find((name) => WAYS.every((way) => way.name !== name));
  if (unknown !== undefined)
    throw new Error(`there is no way ${unknown}; there are: ${WAYS.map(({ name }) => name).join(', ')}`);
  const ways = names.length === 0 ? WAYS : WAYS.filter(({ name }) => names.includes(name));
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'glaive-try-')));
  const release = join(root, 'release');
  const product = readProduct(root);
  const registry = registryOn(scratch, join(release, packageFile(product)));
  const context: TryContext = {
    root,
    release,
    product,
    registry: registry.start,
    tools: toolsIn(join(scratch, 'tools')),
  };
  const rows: Row[] = [];
  try {
    for (const way of ways) rows.push(await tryWay(way, context, join(scratch, way.name)));
  } finally {
    await registry.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
  print(rows);
  if (rows.some(({ result }) => result.startsWith('failed'))) process.exitCode = 1;
}

async function tryWay(way: Way, context: TryContext, folder: string): Promise<Row> {
  const missing = way.missing?.(context);
  if (missing !== undefined) return { way: way.name, seconds: '', megabytes: '', result: `not tried: ${missing}` };
  mkdirSync(folder);
  try {
    await way.prepare?.(context);
    const start = Date.now();
    const installed = await way.install(context, folder);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    try {
      const megabytes = (sizeOf(installed.takes) / 1e6).toFixed(1);
      const result = await useGlaive(installed, context.product.version, `${folder}-work`);
      return { way: way.name, seconds, megabytes, result };
    } finally {
      await installed.remove?.();
    }
  } catch (error) {
    return { way: way.name, seconds: '', megabytes: '', result: `failed: ${(error as Error).message}` };
  }
}

function print(rows: readonly Row[]): void {
  const heads: Row = { way: 'way', seconds: 's', megabytes: 'MB', result: 'result' };
  const width = Math.max(...rows.map(({ way }) => way.length), 3);
  for (const { way, seconds, megabytes, result } of [heads, ...rows])
    process.stdout.write(`${way.padEnd(width)}  ${seconds.padStart(6)}  ${megabytes.padStart(6)}  ${result}\n`);
}
