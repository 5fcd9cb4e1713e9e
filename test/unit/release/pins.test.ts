/** What others run by reference names this version everywhere; the pins of a release are in all files, and in nothing that glaive carries. */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { COMPONENT, PLAIN_INCLUDE, plainInclude } from '../../../scripts/plain-include.ts';
import { PINNED_FILES, VERSIONED_FILES, withoutDigests, withVersion } from '../../../scripts/release/pins.ts';
import { readProduct } from '../../../scripts/release/product.ts';
import { pinsOf, pinStep } from '../../../scripts/release/steps/pin.ts';
import { tempFolder, writeFiles } from '../../support/temp-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const product = readProduct(ROOT);
const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
/** The digest of an index is that of its bytes. */
const INDEX = '{"manifests":[]}';
const DIGEST = `sha256:${sum(INDEX)}`;

/** A copy of the files, and a folder of a release. */
async function pinned(): Promise<(path: string) => string> {
  const root = tempFolder();
  for (const path of PINNED_FILES) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), read(path));
  }
  writeFiles(root, {
    'release/glaive-image.json': INDEX,
    'release/glaive-linux-x64': 'x64',
    'release/glaive-windows-x64.exe': 'exe',
  });
  await pinStep.run({ root, folder: join(root, 'release'), product, epoch: 0, say: () => {} });
  return (path) => readFileSync(join(root, path), 'utf8');
}

/** The default of the input `source` of the component. */
function sourceOf(component: string): string {
  const [spec] = parseAllDocuments(component);
  return (spec!.toJS() as { spec: { inputs: { source: { default: string } } } }).spec.inputs.source.default;
}

describe('the version', () => {
  it.each(VERSIONED_FILES.map((path) => [path]))('of %s is that of package.json', (path) => {
    expect(withVersion(read(path), product), 'run: npm run docs').toBe(read(path));
  });

  it('is in the component, without regard to its digest', () => {
    expect(withoutDigests(sourceOf(read(COMPONENT)))).toBe(`${product.image}:${product.version}`);
  });

  it('of an older text is replaced, and its pins go', async () => {
    const now = await pinned();
    const next = { ...product, version: '9.8.7-rc.1' };
    const component = withVersion(now(COMPONENT), next);
    expect(sourceOf(component)).toBe(`${product.image}:9.8.7-rc.1`);
    expect(component).not.toContain(product.version);
    const action = withVersion(now('action.yml'), next);
    expect(action).toMatch(/releases\/download\/v9\.8\.7-rc\.1$/m);
    expect(action.match(/SHA256_\w+: ''/g)).toHaveLength(5);
    expect(withVersion(component, product)).toBe(withoutDigests(now(COMPONENT)));
  });
});

describe('npm run release -- pin', () => {
  it('writes the same digest into all files, and the checksums of the executables that there are', async () => {
    const now = await pinned();
    expect(sourceOf(now(COMPONENT))).toBe(`${product.image}:${product.version}@${DIGEST}`);
    expect(now(PLAIN_INCLUDE)).toBe(plainInclude(now(COMPONENT)));
    const { runs } = parse(now('action.yml')) as { runs: { steps: { env?: Record<string, string> }[] } };
    expect(runs.steps.at(-1)!.env).toMatchObject({
      RELEASE_URL: `${product.githubRepository}/releases/download/v${product.version}`,
      SHA256_LINUX_X64: sum('x64'),
      SHA256_LINUX_ARM64: '',
      SHA256_MACOS_ARM64: '',
      SHA256_WINDOWS_X64: sum('exe'),
    });
  });

  it('changes nothing that glaive carries', async () => {
    expect(withoutDigests((await pinned())(COMPONENT))).toBe(withoutDigests(read(COMPONENT)));
  });

  it('pins nothing that is not there, and fails if nothing is', () => {
    const folder = tempFolder();
    expect(pinsOf(folder, product)).toEqual({ image: undefined, executables: {} });
    expect(() => pinStep.run({ root: folder, folder, product, epoch: 0, say: () => {} })).toThrow('npm run release');
  });

  it('runs only if it is named', async () => {
    const { STEPS } = await import('../../../scripts/release/steps/index.ts');
    expect(STEPS).toContain(pinStep);
    expect(pinStep.onlyIfNamed).toBe(true);
  });
});
