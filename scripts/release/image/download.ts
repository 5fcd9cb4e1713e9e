/** Debian's packages, kept in `.cache/` by their hashes. Debian's own program for it checks them, and knows the proxies of this machine's apt. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, type LockedPackage, MIRROR, SNAPSHOTS } from './packages.ts';

const APT_HELPER = '/usr/lib/apt/apt-helper';

export function missingForPackages(): string | undefined {
  return existsSync(APT_HELPER)
    ? undefined
    : 'it needs Debian or Ubuntu: dpkg-deb, and apt-helper, which is part of apt';
}

/** @returns the file of each package */
export function download(root: string, { epoch, packages }: Lock): ReadonlyMap<LockedPackage, string> {
  const folder = join(root, '.cache', 'debian');
  mkdirSync(folder, { recursive: true });
  const fileOf = ({ sha256 }: LockedPackage): string => join(folder, `${sha256}.deb`);
  // The mirror keeps the newest versions only; the snapshots are slow, and have all.
  const time = new Date(epoch * 1000).toISOString().replaceAll(/[-:]|\.000/g, '');
  const places = [
    (path: string): string => `${MIRROR}/${path}`,
    (path: string): string => `${SNAPSHOTS}/${path.replace('/', `/${time}/`)}`,
  ];
  const missing = (): LockedPackage[] => packages.filter((one) => !existsSync(fileOf(one)));
  for (const place of places) {
    if (missing().length === 0) break;
    fetchAll(missing().map((one) => ({ url: place(one.path), file: fileOf(one), sha256: one.sha256 })));
  }
  const [first] = missing();
  if (first !== undefined)
    throw new Error(
      `${MIRROR} has no ${first.name} ${first.version} any more, and ${SNAPSHOTS} was not reached; newer packages: node scripts/run.mjs scripts/release/image/update-lock.ts`,
    );
  return new Map(packages.map((one) => [one, fileOf(one)]));
}

/** What cannot be had is missing afterwards. */
function fetchAll(wanted: readonly { readonly url: string; readonly file: string; readonly sha256: string }[]): void {
  const draft = (file: string): string => `${file}.${process.pid}`;
  const args = wanted.flatMap(({ url, file, sha256 }) => [url, draft(file), `SHA256:${sha256}`]);
  // apt gives up root for a user who may not write here.
  const options = ['-qq', '-o', 'APT::Sandbox::User=', '-o', 'Acquire::Retries=2'];
  spawnSync(APT_HELPER, [...options, 'download-file', ...args], { stdio: 'ignore' });
  // A file whose hash is wrong has another name by then.
  for (const { file } of wanted) if (existsSync(draft(file))) renameSync(draft(file), file);
}
