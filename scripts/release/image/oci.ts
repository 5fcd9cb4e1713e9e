/** An OCI archive: a tar file with an image, as the OCI image specification 1.0 has it. skopeo, podman and Docker read it. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type Tree, writeTar } from './tar.ts';

export interface Layer {
  readonly tar: Buffer;
  /** For people who ask where it comes from. */
  readonly by: string;
}

export interface Image {
  readonly layers: readonly Layer[];
  readonly architecture: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** Its name with its tag. */
  readonly name: string;
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Cmd: readonly string[];
    readonly WorkingDir: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** An image of one processor, as an index names it. */
interface ImageDescriptor extends Descriptor {
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Archive {
  readonly bytes: Buffer;
  /** Its digest is what a registry knows the image by. */
  readonly manifest: ImageDescriptor;
  /** What a client downloads. */
  readonly size: number;
}

const LARGE = { maxBuffer: 1024 * 1024 * 1024 };
const TYPE = 'application/vnd.oci.image';

export async function ociArchive(image: Image): Promise<Archive> {
  const archive: Tree = new Map();
  const add = (path: string, data: Buffer): void => {
    archive.set(path, { type: 'file', mode: 0o644, uid: 0, gid: 0, data });
  };
  const blob = (mediaType: string, data: Buffer): Descriptor => {
    const digest = digestOf(data);
    add(`blobs/${digest.replace(':', '/')}`, data);
    return { mediaType, digest, size: data.length };
  };
  const created = new Date(image.epoch * 1000).toISOString();
  // gzip and not Node's zlib, which compresses differently on other processors.
  const layers = image.layers.map(({ tar }) =>
    blob(`${TYPE}.layer.v1.tar+gzip`, execFileSync('gzip', ['--no-name'], { ...LARGE, input: tar })),
  );
  const config = blob(
    `${TYPE}.config.v1+json`,
    json({
      created,
      architecture: image.architecture,
      os: 'linux',
      config: image.config,
      rootfs: { type: 'layers', diff_ids: image.layers.map(({ tar }) => digestOf(tar)) },
      history: image.layers.map(({ by }) => ({ created, created_by: by })),
    }),
  );
  const manifest = {
    ...blob(
      `${TYPE}.manifest.v1+json`,
      json({
        schemaVersion: 2,
        mediaType: `${TYPE}.manifest.v1+json`,
        config,
        layers,
        annotations: image.config.Labels,
      }),
    ),
    platform: { os: 'linux', architecture: image.architecture },
  };
  add('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  add(
    'index.json',
    indexOf([
      {
        ...manifest,
        annotations: {
          'org.opencontainers.image.ref.name': image.name.slice(image.name.lastIndexOf(':') + 1),
          // For docker load and ctr.
          'io.containerd.image.name': image.name,
        },
      },
    ]),
  );
  const size = [manifest, config, ...layers].reduce((sum, one) => sum + one.size, 0);
  return { bytes: await writeTar(archive, image.epoch), manifest, size };
}

/** What a registry has under the name of an image that is there for several processors: each client takes its own. */
export function indexOf(manifests: readonly ImageDescriptor[]): Buffer {
  return json({ schemaVersion: 2, mediaType: `${TYPE}.index.v1+json`, manifests });
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digestOf(data: Buffer): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}
