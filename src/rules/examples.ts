/**
 * Rule examples: templates in which `«` and `»` mark the secret and `{name:arguments}` is replaced by a random part, so
 * that no rule file contains anything token-shaped. `rules/README.md` lists the names.
 *
 * The tests of this repository generate their tokens independently, so that an error in a format here is found.
 */

import { crc32 } from '../lib/crc32.ts';
import type { Span } from '../model/region.ts';

/** Returns an integer in `[0, limit)`. */
export type Random = (limit: number) => number;

export interface ExpandedExample {
  readonly text: string;
  /** The marked secrets, in bytes. */
  readonly secrets: readonly Span[];
}

/** A reproducible source of random numbers (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Expands a template. Braces that name no known part are left as they are. */
export function expandExample(template: string, random: Random): ExpandedExample {
  const filled = template.replace(/\{([a-z0-9]+)(?::([^{}]*))?\}/g, (whole, name: string, args: string | undefined) => {
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    return part === undefined ? whole : part(args ?? '', random);
  });
  const secrets: Span[] = [];
  let text = '';
  let start = 0;
  for (const piece of filled.split(/([«»])/)) {
    if (piece === '«') start = Buffer.byteLength(text);
    else if (piece === '»') secrets.push({ start, end: Buffer.byteLength(text) });
    else text += piece;
  }
  return { text, secrets };
}

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const BASE64URL = `${UPPER}${LOWER}${DIGITS}-_`;

const PARTS: Readonly<Record<string, (args: string, random: Random) => string>> = {
  text: (args) => args,
  same: (args) => {
    const [unit = 'x', length] = args.split(':');
    return unit.repeat(Number(length)).slice(0, Number(length));
  },
  b64u: (args, random) => pick(BASE64URL, args, random),
  devise: (args, random) => pick(BASE64URL.replace(/[lIO0]/g, ''), args, random),
  hex: (args, random) => pick(`${DIGITS}abcdef`, args, random),
  base36: (args, random) => pick(DIGITS + LOWER, args, random),
  alnum: (args, random) => pick(DIGITS + LOWER + UPPER, args, random),
  base64: (args, random) => randomBytes(Number(args), random).toString('base64'),
  u128: (_args, random) =>
    BigInt(`0x${randomBytes(16, random).toString('hex')}`)
      .toString(36)
      .padStart(20, '1'),
  routable: (args, random) => routable(args, random, 0),
  badcrc: (args, random) => routable(args, random, 1),
  jwt: (args, random) => jwt(args, random),
};

function pick(alphabet: string, length: string, random: Random): string {
  return Array.from({ length: Number(length) }, () => alphabet[random(alphabet.length)]).join('');
}

function randomBytes(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

/** `PREFIX:VERSION:PAYLOAD`, the version `01` or `none`, the payload as in `o=1,u=42`. `flaw` is added to the checksum. */
function routable(args: string, random: Random, flaw: number): string {
  const [prefix = '', version = '01', fields = ''] = args.split(':');
  const payload = Buffer.from(fields.replaceAll('=', ':').replaceAll(',', '\n'));
  const noise = randomBytes(16, random);
  const body = (
    version === 'none'
      ? Buffer.concat([payload, noise, Buffer.from([noise.length])])
      : Buffer.concat([noise, payload, Buffer.from([payload.length])])
  ).toString('base64url');
  const length = body.length.toString(36).padStart(2, '0');
  const head = `${prefix}${body}.${version === 'none' ? '' : `${version}.`}${length}`;
  const crc = (crc32(Buffer.from(head)) + flaw) % 2 ** 32;
  return head + crc.toString(36).padStart(7, '0');
}

const CLAIMS: Readonly<Record<string, (random: Random) => object>> = {
  job: (random) => ({ iss: 'gitlab.example.com', sub: `gid://gitlab/Ci::Build/${1 + random(1e9)}`, exp: FAR }),
  user: (random) => ({ iss: 'gitlab.example.com', sub: `gid://gitlab/User/${1 + random(1e6)}`, exp: FAR }),
  id: (random) => ({
    iss: 'https://gitlab.example.com',
    sub: 'project_path:group/project:ref_type:branch:ref:main',
    namespace_path: 'group',
    project_path: 'group/project',
    pipeline_id: String(1 + random(1e9)),
    job_id: String(1 + random(1e9)),
    exp: FAR,
  }),
  registry: () => ({
    iss: 'gitlab-issuer',
    aud: 'container_registry',
    access: [{ type: 'repository', name: 'group/project', actions: ['pull'] }],
    exp: FAR,
  }),
  dependencyproxy: (random) => ({ user_id: 1 + random(1e6), exp: FAR }),
  conan: (random) => ({ access_token: `x${1 + random(1e9)}`, user_id: 1 + random(1e6), exp: FAR }),
  other: (random) => ({ iss: 'https://accounts.example.com', sub: String(1 + random(1e9)), exp: FAR }),
};
const FAR = 4_000_000_000;

function jwt(kind: string, random: Random): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { ...CLAIMS[kind]!(random), o: '1', u: (1 + random(1e6)).toString(36) };
  return [
    part({ kid: 'example', typ: 'JWT', alg: 'RS256' }),
    part(claims),
    randomBytes(256, random).toString('base64url'),
  ].join('.');
}
