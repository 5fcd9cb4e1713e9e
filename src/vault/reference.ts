/** What names a secret in Vault, as GitLab CI writes it (doc/ci/secrets/hashicorp_vault): short and long form. */

import { GlaiveError } from '../model/errors.ts';

export const ENGINES = ['kv-v2', 'kv-v1', 'generic'] as const;
export type Engine = (typeof ENGINES)[number];

export interface SecretReference {
  readonly engine: Engine;
  /** Where the engine is mounted; no slash at either end. */
  readonly mount: string;
  /** No slash at either end. */
  readonly path: string;
  readonly field: string;
}

export interface LongForm {
  readonly engine?: string | undefined;
  readonly mount?: string | undefined;
  readonly field?: string | undefined;
}

/** GitLab's default. */
const MOUNT = 'kv-v2';

/**
 * Reads `path/to/secret/field@mount`, or with a field `path/to/secret`.
 *
 * @throws GlaiveError (`usage`) for what is none
 */
export function parseReference(text: string, { engine = 'kv-v2', mount, field }: LongForm = {}): SecretReference {
  const refuse = (why: string): GlaiveError =>
    new GlaiveError('usage', `${JSON.stringify(text)} names no secret: ${why}`, {
      hint: 'It is like production/db/password@ops: path, field, and where the engine is mounted.',
    });
  const known = ENGINES.find((one) => one === engine);
  if (known === undefined) throw refuse(`there is no engine ${JSON.stringify(engine)}`);
  const at = field === undefined ? text.lastIndexOf('@') : -1;
  if (at >= 0 && mount !== undefined) throw refuse('--mount and @ say two things');
  const named = trimmed(at < 0 ? (mount ?? MOUNT) : text.slice(at + 1));
  const parts = trimmed(at < 0 ? text : text.slice(0, at)).split('/');
  const last = field ?? parts.pop() ?? '';
  const path = parts.join('/');
  if (named === '') throw refuse('the mount is empty');
  if (path === '') throw refuse('there is a field alone, and no path');
  if (last === '') throw refuse('the field is empty');
  if ([...named.split('/'), ...path.split('/')].some((part) => part === '' || part === '.' || part === '..'))
    throw refuse('a part of the path is empty, or dots');
  return { engine: known, mount: named, path, field: last };
}

const trimmed = (text: string): string => text.replace(/^\/+|\/+$/g, '');

const encode = (text: string): string => text.split('/').map(encodeURIComponent).join('/');

/** Where the API has it. */
export function apiPath({ engine, mount, path }: SecretReference): string {
  return `/v1/${encode(mount)}/${engine === 'kv-v2' ? 'data/' : ''}${encode(path)}`;
}

/** Where the API has the settings of a secret with versions. */
export const metadataPath = ({ mount, path }: SecretReference): string =>
  `/v1/${encode(mount)}/metadata/${encode(path)}`;

/** Where the API tells what is mounted. */
export const mountPath = ({ mount }: SecretReference): string => `/v1/sys/internal/ui/mounts/${encode(mount)}`;

/** What often goes wrong with a path. */
export function hintFor({ engine, path }: SecretReference): string | undefined {
  const [first] = path.split('/');
  return engine === 'kv-v2' && (first === 'data' || first === 'metadata')
    ? `The path of a kv-v2 secret is written without "${first}/", which the API alone has: leave it out.`
    : undefined;
}
