/** The image and the Debian package: the same input is the same bytes, and what is in them. `npm run try-install -- image debian` runs them. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type Image, indexOf, ociArchive } from '../../../scripts/release/image/oci.ts';
import { ARCHITECTURES, lockedPackages, readLock, writeLock } from '../../../scripts/release/image/packages.ts';
import { imageSbom } from '../../../scripts/release/image/sbom.ts';
import { addFolders, readTar, type Tree, writeTar } from '../../../scripts/release/image/tar.ts';
import { readProduct } from '../../../scripts/release/product.ts';
import { debianStep } from '../../../scripts/release/steps/debian.ts';
import { imageStep } from '../../../scripts/release/steps/image.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const sha256 = (data: Buffer): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;

function sampleTree(): Tree {
  const tree: Tree = new Map([
    ['usr/bin/git', { type: 'link', mode: 0o755, uid: 0, gid: 0, target: 'usr/lib/git-core/git' }],
    ['usr/lib/git-core/git', { type: 'file', mode: 0o755, uid: 0, gid: 0, data: Buffer.from('program') }],
    ['bin', { type: 'symlink', mode: 0o777, uid: 0, gid: 0, target: 'usr/bin' }],
    ['work', { type: 'directory', mode: 0o755, uid: 1000, gid: 1000 }],
  ]);
  addFolders(tree);
  return tree;
}

it('writes a tree in one way, whatever the order of its entries, and a hard link after its file', async () => {
  const tar = await writeTar(sampleTree(), 1_700_000_000);
  const turned = await writeTar(new Map([...sampleTree()].toReversed()), 1_700_000_000);
  expect(turned.equals(tar)).toBe(true);
  const read: Tree = new Map();
  await readTar(tar, read, () => true);
  expect(read).toEqual(sampleTree());
  const paths = [...read.keys()];
  expect(paths.indexOf('usr/bin/git')).toBeGreaterThan(paths.indexOf('usr/lib/git-core/git'));
});

it('writes an image whose hashes fit its contents', async () => {
  const tar = await writeTar(sampleTree(), 1_700_000_000);
  const image: Image = {
    layers: [{ tar, by: 'a test' }],
    architecture: 'amd64',
    epoch: 1_700_000_000,
    name: 'registry.example/glaive:1.0.0',
    config: { User: '1000', Env: [], Cmd: ['glaive'], WorkingDir: '/work', Labels: {} },
  };
  const { bytes, manifest: own } = await ociArchive(image);
  expect((await ociArchive(image)).bytes.equals(bytes)).toBe(true);
  const archive: Tree = new Map();
  await readTar(bytes, archive, () => true);
  const blob = (name: string): Buffer => archive.get(`blobs/${name.replace(':', '/')}`)!.data!;
  for (const [path, { data }] of archive)
    if (path.startsWith('blobs/')) expect(sha256(data!)).toBe(path.slice('blobs/'.length).replace('/', ':'));
  const manifest = JSON.parse(blob(own.digest).toString());
  const config = JSON.parse(blob(manifest.config.digest).toString());
  expect(config.rootfs.diff_ids).toEqual([sha256(gunzipSync(blob(manifest.layers[0].digest)))]);
  expect(config.config.User).toBe('1000');
  const { manifests } = JSON.parse(indexOf([own, own]).toString());
  expect(manifests).toEqual([own, own]);
  expect(own).toMatchObject({ size: blob(own.digest).length, platform: { os: 'linux', architecture: 'amd64' } });
});

it('has the same packages for every processor, each by its hash', () => {
  const [amd64 = [], arm64] = ARCHITECTURES.map((one) => lockedPackages(root, one).packages.map(({ name }) => name));
  expect(amd64).toEqual(expect.arrayContaining(['bash', 'ca-certificates', 'git', 'libatomic1']));
  expect(arm64).toEqual(amd64);
  const lock = readFileSync(join(root, 'scripts', 'release', 'image', 'debian.lock'), 'utf8');
  expect(writeLock(readLock(lock))).toBe(lock);
  expect(() => readLock(lock.replace(/[0-9a-f]{64}/, 'none'))).toThrow('not a package');
});

it('names everything in the image', () => {
  const { packages } = lockedPackages(root, ARCHITECTURES[0]!);
  const own = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { type: 'application', name: 'glaive', version: '1.0.0', 'bom-ref': 'it' } },
    components: [{ type: 'library', name: 'inside', version: '1' }],
  };
  const { metadata, components = [] } = imageSbom(own, readProduct(root), { packages, tree: new Map() });
  expect(metadata?.component?.type).toBe('container');
  expect(components.map(({ name }) => name)).toEqual(['glaive', 'inside', ...packages.map(({ name }) => name)]);
});

it.skipIf(!existsSync('/usr/bin/dpkg-deb'))('makes the same Debian package twice, for root', async () => {
  const folder = tempFolder();
  for (const name of ['dist/man', 'dist/cli', 'release']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'dist', 'cli', 'main.cjs'), 'console.log(process.argv[3])');
  writeFileSync(join(folder, 'dist', 'man', 'glaive.1'), '.TH GLAIVE 1\n');
  writeFileSync(join(folder, 'LICENSE'), readFileSync(join(root, 'LICENSE')));
  const release = join(folder, 'release');
  for (const name of ['glaive-linux-x64', 'THIRD-PARTY-LICENSES.txt', 'glaive.cdx.json'])
    writeFileSync(join(release, name), name);
  const product = { ...readProduct(root), version: '1.0.0-rc.1' };
  // Its name has the version as the others have it: a link of the release leads there.
  const deb = join(release, 'glaive_1.0.0-rc.1_amd64.deb');
  const make = async (): Promise<string> => {
    await debianStep.run({ root: folder, folder: release, product, epoch: 1_700_000_000, say: () => {} });
    return readFileSync(deb, 'latin1');
  };
  expect(await make()).toBe(await make());
  expect(readdirSync(release).filter((name) => name.endsWith('.deb'))).toHaveLength(1);
  const list = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
  expect(list).toMatch(/^-rwxr-xr-x root\/root .* 2023-11-14 22:13 \.\/usr\/bin\/glaive$/m);
  expect(list.split('\n').filter((line) => line !== '' && !line.includes(' root/root '))).toEqual([]);
  expect(execFileSync('dpkg-deb', ['--field', deb, 'Version', 'Depends', 'Recommends'], { encoding: 'utf8' })).toMatch(
    /^Version: 1\.0\.0~rc\.1\n.*libatomic1.*\nRecommends: git\n/,
  );
});

it.each([debianStep, imageStep])('$name fails without an executable', async ({ run }) => {
  const folder = tempFolder();
  const context = { root: folder, folder, product: readProduct(root), epoch: 0, say: () => {} };
  await expect((async () => run(context))()).rejects.toThrow('npm run release -- executables');
});
