/** References to secrets in Vault, in the short and long form of GitLab CI (doc/ci/secrets/hashicorp_vault). */

import { GlaiveError } from '../model/errors.ts';

export const ENGINES = ['kv-v2', 'kv-v1', 'generic'] as const;
export type Engine = (typeof ENGINES)[number];

export interface SecretReference {
  readonly engine: Engine;
  /** The mount path of the engine, without slashes at the ends. */
  readonly mount: string;
  /** Without slashes at the ends. */
  readonly path: string;
  readonly field: string;
}

export interface LongForm {
  readonly engine?: Engine | undefined;
  readonly mount?: string | undefined;
  readonly field?: string | undefined;
}

/** GitLab's default. */
const MOUNT = 'kv-v2';

/**
 * Reads `path/to/secret/field@mount`, or with a field `path/to/secret`.
 *
 * @throws GlaiveError (`usage`) if the text is not a reference
 */
export function parseReference(text: string, { engine = 'kv-v2', mount, field }: LongForm = {}): SecretReference {
  const refuse = (why: string): GlaiveError =>
    new GlaiveError('usage', `${JSON.stringify(text)} is not a reference to a secret: ${why}`, {
      hint: 'Example: production/db/password@ops, which is path, field, and mount of the engine.',
    });
  const at = field === undefined ? text.lastIndexOf('@') : -1;
  if (at >= 0 && mount !== undefined) throw refuse('use either --mount or @');
  const named = trimmed(at < 0 ? (mount ?? MOUNT) : text.slice(at + 1));
  const parts = trimmed(at < 0 ? text : text.slice(0, at)).split('/');
  const last = field ?? parts.pop() ?? '';
  const path = parts.join('/');
  if (named === '') throw refuse('the mount is empty');
  if (path === '') throw refuse('it has a field, but no path');
  if (last === '') throw refuse('the field is empty');
  if ([...named.split('/'), ...path.split('/')].some((part) => part === '' || part === '.' || part === '..'))
    throw refuse('a part of the path is empty, "." or ".."');
  return { engine, mount: named, path, field: last };
}

const trimmed = (text: string): string => text.replace(/^\/+|\/+$/g, '');

const encode = (text: string): string => text.split('/').map(encodeURIComponent).join('/');

/** The secret's path in the API. */
export function apiPath({ engine, mount, path }: SecretReference): string {
  return `/v1/${encode(mount)}/${engine === 'kv-v2' ? 'data/' : ''}${encode(path)}`;
}

/** The metadata path of a versioned secret in the API. */
export const metadataPath = ({ mount, path }: SecretReference): string =>
  `/v1/${encode(mount)}/metadata/${encode(path)}`;

/** The API path that describes the mount. */
export const mountPath = ({ mount }: SecretReference): string => `/v1/sys/internal/ui/mounts/${encode(mount)}`;

/** A common mistake in the path. */
export function hintFor({ engine, path }: SecretReference): string | undefined {
  const [first] = path.split('/');
  return engine === 'kv-v2' && (first === 'data' || first === 'metadata')
    ? `Leave "${first}/" out of the path: only the API of kv-v2 has it.`
    : undefined;
}
