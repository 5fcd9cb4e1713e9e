/** A release proves what is in it, and a changed byte is noticed. */

import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ajv from 'ajv';
import ajvFormats from 'ajv-formats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundledPackages, COMPILED_NOTICES } from '../../../scripts/build.ts';
import { sectionOf, withVersion } from '../../../scripts/release/changelog.ts';
import { hasMinisign, sign, verify } from '../../../scripts/release/minisign.ts';
import { packagesInside } from '../../../scripts/release/packages.ts';
import { readProduct } from '../../../scripts/release/product.ts';
import { provenanceOf } from '../../../scripts/release/provenance.ts';
import type { ReleaseContext, ReleaseStep } from '../../../scripts/release/step.ts';
import { checksumsStep } from '../../../scripts/release/steps/checksums.ts';
import { provenanceStep } from '../../../scripts/release/steps/provenance.ts';
import { sbomStep } from '../../../scripts/release/steps/sbom.ts';
import { signStep } from '../../../scripts/release/steps/sign.ts';
import { tempFolder, writeFiles } from '../../support/temp-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const BUILT = join(ROOT, '.cache', 'build', 'dist');

function contextOf(folder = tempFolder(), epoch = 1_800_000_000): ReleaseContext {
  return { root: ROOT, folder, product: readProduct(ROOT), epoch, say: () => {} };
}

async function made(step: ReleaseStep, file: string, context = contextOf()): Promise<string> {
  await step.run(context);
  return readFileSync(join(context.folder, file), 'utf8');
}

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly unknown[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly components?: readonly Component[];
}

interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string };
  readonly components: readonly Component[];
}

const nameOf = ({ group, name }: Component): string => (group === undefined ? name : `${group}/${name}`);

describe('the software bill of materials', () => {
  it('is what the schema of CycloneDX asks for', async () => {
    const folder = join(ROOT, 'node_modules', '@cyclonedx', 'cyclonedx-library', 'res', 'schema');
    const read = (name: string): object => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
    const validator = new ajv.default({ strict: false, allErrors: true });
    ajvFormats.default(validator);
    validator.addFormat('iri-reference', true).addFormat('idn-email', true);
    for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
      validator.addSchema(read(name), `http://cyclonedx.org/schema/${name}`);
    const validate = validator.compile(read('bom-1.6.SNAPSHOT.schema.json'));
    const sbom = JSON.parse(await made(sbomStep, 'glaive.cdx.json')) as Sbom;
    validate(sbom);
    expect(validate.errors).toBeNull();
    expect(validate({ ...sbom, components: [{ type: 'library' }] })).toBe(false);
  });

  it('names every package that is bundled, with version, licence, address and hash', async () => {
    const { components } = JSON.parse(await made(sbomStep, 'glaive.cdx.json')) as Sbom;
    const listed = components.filter((component) => component.name !== 'node');
    expect(listed.map(nameOf).toSorted()).toEqual(
      bundledPackages(ROOT)
        .map((folder) => folder.replace(/^.*node_modules\//, ''))
        .toSorted(),
    );
    for (const component of listed) {
      expect(component.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(component.purl).toBe(`pkg:npm/${nameOf(component).replace('@', '%40')}@${component.version}`);
      expect(component.licenses).toHaveLength(1);
      expect(component.hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
    }
    expect(components.find(({ name }) => name === 'node')?.version).toBe(readProduct(ROOT).nodeVersion);
  });

  it('names every package that the code imports', () => {
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^(?!.*assembly).*\.ts$/.test(name),
    );
    const imported = files.flatMap((file) =>
      [
        ...readFileSync(join(ROOT, 'src', file), 'utf8').matchAll(
          /^(?:import|export) (?!type\b)[^;]*?from '([^'.:]+)';|\bimport\('([^'.:]+)'\)/gm,
        ),
      ].map(([, first, second]) => /^(?:@[^/]+\/)?[^/]+/.exec(first ?? second ?? '')![0]),
    );
    const inside = new Set(packagesInside(ROOT).map(({ name }) => name));
    expect(imported).toContain('valibot');
    for (const name of new Set(imported)) expect(inside, name).toContain(name);
  });

  it('names what WebAssembly was compiled from, in the versions of the notices', () => {
    for (const [name, notices] of Object.entries(COMPILED_NOTICES)) {
      const listed = packagesInside(ROOT).find((each) => each.name === name)!.compiledFrom;
      const noticed = [...readFileSync(join(ROOT, notices), 'utf8').matchAll(/^([a-z]\w+) (\d[\d.]*\d)[.,]/gm)];
      expect(listed.map(({ name: source, version }) => `${source} ${version}`)).toEqual(
        noticed.map(([, source, version]) => `${source} ${version}`),
      );
    }
  });

  it('is the same for the same packages, and has the time of the commit', async () => {
    const first = await made(sbomStep, 'glaive.cdx.json');
    expect(await made(sbomStep, 'glaive.cdx.json')).toBe(first);
    const later = JSON.parse(await made(sbomStep, 'glaive.cdx.json', contextOf(undefined, 1_800_000_001))) as Sbom;
    expect((JSON.parse(first) as Sbom).metadata.timestamp).toBe('2027-01-15T08:00:00.000Z');
    expect(later.serialNumber).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(later.serialNumber).not.toBe((JSON.parse(first) as Sbom).serialNumber);
  });
});

it('the licences name each package, and what it was compiled from', () => {
  const text = readFileSync(join(BUILT, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const { name, version, compiledFrom } of packagesInside(ROOT)) {
    expect(text).toContain(`\n${name} ${version}\n`);
    for (const source of compiledFrom) expect(text).toContain(`\n${source.name} ${source.version}`);
  }
  // Each has its conditions, not only its name.
  for (const part of text.split(/^-{80}$/m)) expect(part).toMatch(/permission|Licensed under|Licence: /i);
});

describe('checksums', () => {
  it('sha256sum agrees, and notices a changed byte', async () => {
    const context = contextOf();
    writeFiles(context.folder, { 'b.txt': 'b', 'a b.bin': Buffer.from([0, 255]), 'doors/x.rb': 'x', 'B.txt': '' });
    const list = await made(checksumsStep, 'SHA256SUMS', context);
    expect([...list.matchAll(/ {2}(.+)$/gm)].map(([, name]) => name)).toEqual([
      'B.txt',
      'a b.bin',
      'b.txt',
      'doors/x.rb',
    ]);
    const check = () => spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: context.folder });
    expect(check().status).toBe(0);
    appendFileSync(join(context.folder, 'doors', 'x.rb'), 'y');
    expect(check().status).toBe(1);
  });

  it('leave out what depends on the machine that builds, and themselves', async () => {
    const context = contextOf();
    writeFiles(context.folder, { 'a.txt': 'a', 'provenance.json': '{}', 'SHA256SUMS.minisig': '', SHA256SUMS: 'old' });
    expect(await made(checksumsStep, 'SHA256SUMS', context)).toMatch(/^[0-9a-f]{64} {2}a\.txt\n$/);
  });
});

describe('the provenance', () => {
  const SLSA = {
    type: 'object',
    required: ['_type', 'subject', 'predicateType', 'predicate'],
    properties: {
      _type: { const: 'https://in-toto.io/Statement/v1' },
      subject: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['name', 'digest'],
          properties: {
            name: { type: 'string' },
            digest: {
              type: 'object',
              required: ['sha256'],
              properties: { sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
            },
          },
        },
      },
      predicateType: { const: 'https://slsa.dev/provenance/v1' },
      predicate: {
        type: 'object',
        required: ['buildDefinition', 'runDetails'],
        additionalProperties: false,
        properties: {
          buildDefinition: {
            type: 'object',
            required: ['buildType', 'externalParameters'],
            additionalProperties: false,
            properties: {
              buildType: { type: 'string', format: 'uri' },
              externalParameters: { type: 'object' },
              internalParameters: { type: 'object' },
              resolvedDependencies: {
                type: 'array',
                items: {
                  type: 'object',
                  additionalProperties: false,
                  // A descriptor of a resource has one of them at least.
                  anyOf: [{ required: ['uri'] }, { required: ['digest'] }],
                  properties: {
                    name: { type: 'string' },
                    uri: { type: 'string', format: 'uri' },
                    digest: { type: 'object', additionalProperties: { type: 'string', pattern: '^[0-9a-f]+$' } },
                  },
                },
              },
            },
          },
          runDetails: {
            type: 'object',
            required: ['builder'],
            properties: {
              builder: { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uri' } } },
            },
          },
        },
      },
    },
  };

  it('is an in-toto statement about the files of SHA256SUMS', async () => {
    const context = contextOf();
    writeFiles(context.folder, { 'a.txt': 'a', 'b.txt': 'b' });
    const list = await made(checksumsStep, 'SHA256SUMS', context);
    const statement = JSON.parse(await made(provenanceStep, 'provenance.json', context)) as {
      readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
    };
    const validator = new ajv.default({ allErrors: true, strictRequired: false });
    ajvFormats.default(validator);
    const validate = validator.compile(SLSA);
    validate(statement);
    expect(validate.errors).toBeNull();
    expect(statement.subject.map(({ name, digest }) => `${digest.sha256}  ${name}\n`).join('')).toBe(list);
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
    expect(JSON.stringify(statement)).toContain(head);
    expect(JSON.stringify(statement)).not.toContain(ROOT);
  });

  it('names the pipeline, and says if files differ from the commit', () => {
    const statement = (env: Record<string, string>, isChanged: boolean): string =>
      provenanceOf({
        product: readProduct(ROOT),
        checksums: [],
        commit: 'c0ffee',
        isChanged,
        lock: '0',
        tools: { node: '1', npm: '2' },
        env,
      });
    const gitlab = { CI_PROJECT_URL: 'https://gitlab.example.com/a/b', CI_COMMIT_REF_NAME: 'v1.0.0' };
    expect(statement(gitlab, false)).toContain('"id": "https://gitlab.example.com/a/b/-/blob/v1.0.0/.gitlab-ci.yml"');
    expect(statement(gitlab, false)).toContain('"workTree": "clean"');
    expect(statement({}, true)).toContain('"workTree": "changed"');
    expect(statement({}, true)).toContain('"id": "urn:glaive:unknown-builder"');
  });
});

describe.skipIf(!hasMinisign())('a signature of minisign', () => {
  function newKey(): { readonly secret: string; readonly publicFile: string } {
    const folder = tempFolder();
    const [secret, publicFile] = [join(folder, 'secret.key'), join(folder, 'public.key')];
    execFileSync('minisign', ['-G', '-W', '-s', secret, '-p', publicFile], { stdio: 'pipe' });
    return { secret, publicFile };
  }

  it.each(['the file of a key', 'the text of a key'])('verifies with %s, and not after a change', (kind) => {
    const { secret, publicFile } = newKey();
    const file = join(tempFolder(), 'SHA256SUMS');
    writeFileSync(file, 'what is signed\n');
    const key = kind === 'the file of a key' ? secret : readFileSync(secret, 'utf8');
    sign([file], { key, password: '' }, 'glaive 1.0.0');
    expect(() => verify(file, publicFile)).not.toThrow();
    expect(readFileSync(`${file}.minisig`, 'utf8')).toContain('trusted comment: glaive 1.0.0\n');
    expect(() => verify(file, newKey().publicFile)).toThrow(/minisign/);
    appendFileSync(file, ' ');
    expect(() => verify(file, publicFile)).toThrow(/[Ss]ignature/);
  });

  it('is the same for the same file, and leaves no copy of the key', () => {
    const { secret } = newKey();
    const file = join(tempFolder(), 'SHA256SUMS');
    writeFileSync(file, 'what is signed\n');
    const signature = (): string => {
      sign([file], { key: readFileSync(secret, 'utf8'), password: '' }, 'glaive 1.0.0');
      return readFileSync(`${file}.minisig`, 'utf8');
    };
    expect(signature()).toBe(signature());
    for (const folder of ['/dev/shm', '/tmp'].filter((name) => existsSync(name)))
      expect(readdirSync(folder).filter((name) => name.startsWith('glaive-sign-'))).toEqual([]);
  });

  it('needs a release', () => {
    expect(() => signStep.run(contextOf())).toThrow('run npm run release first');
  });

  it('is not made with a text that is no key', () => {
    const file = join(tempFolder(), 'SHA256SUMS');
    writeFileSync(file, 'x');
    expect(() => sign([file], { key: 'no\nkey', password: '' }, 'x')).toThrow(/minisign/);
    onTestFinished(() => expect(existsSync(`${file}.minisig`)).toBe(false));
  });
});

describe('the notes', () => {
  const CHANGES = '# Changelog\n\n## [Unreleased]\n\n- New.\n\n## [1.0.0] - 2026-01-02\n\n### Added\n\n- First.\n';

  it('are the section of the version', () => {
    expect(sectionOf(CHANGES, '1.0.0')).toBe('### Added\n\n- First.');
    expect(sectionOf(CHANGES, 'Unreleased')).toBe('- New.');
    expect(sectionOf(CHANGES, '1.0')).toBeUndefined();
  });

  it('become those of a version once', () => {
    const renamed = withVersion(CHANGES, '1.1.0', '2026-02-03');
    expect(renamed).toContain('## [Unreleased]\n\n## [1.1.0] - 2026-02-03\n\n- New.\n');
    expect(() => withVersion(renamed, '1.2.0', '2026-02-04')).toThrow('nothing to release');
    expect(() => withVersion(CHANGES, '1.0.0', '2026-02-04')).toThrow('already');
  });
});
