/**
 * Strings that look like GitLab's credentials but are not: random checksums, changed and cut bodies, wrong alphabets. Each
 * has the highest confidence that a scanner may report for it; `nothing` means that the grammar rules it out.
 */

import { KINDS, mint, Random } from './mint.ts';

export interface Decoy {
  readonly text: string;
  readonly atMost: 'unlikely' | 'likely';
  readonly how: string;
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const kindNames = Object.keys(KINDS);
const routableKinds = kindNames.filter((name) => KINDS[name]!.confidence === 'proven');
const friendlyPrefixes = [
  'glpat-',
  'gldt-',
  'glrt-',
  'glrtr-',
  'glft-',
  'glsoat-',
  'glffct-',
  'glrct-',
  'GR1348941',
  'glcbt-64_',
];
const hexShapes = [
  ['glptt-', 40],
  ['gloas-', 64],
  ['glet_', 32],
  ['_gitlab_session=', 32],
] as const;

const makers: readonly ((random: Random) => Decoy)[] = [
  (random) => {
    const token = mint(random.pick(routableKinds), random);
    const checksum = random
      .below(2 ** 32 - 1)
      .toString(36)
      .padStart(7, '0');
    return { text: token.slice(0, -7) + checksum, atMost: 'unlikely', how: 'routable, random checksum' };
  },
  (random) => {
    const token = mint(random.pick(routableKinds), random);
    const dot = token.search(/\.(?:01\.)?[0-9a-z]{9}$/);
    const at = dot - 1 - random.below(20);
    const other = random.pick([...BASE64URL].filter((letter) => letter !== token[at]));
    return {
      text: token.slice(0, at) + other + token.slice(at + 1),
      atMost: 'unlikely',
      how: 'routable, one character of the body changed',
    };
  },
  (random) => {
    const token = mint(random.pick(routableKinds), random);
    const dot = token.search(/\.(?:01\.)?[0-9a-z]{9}$/);
    return {
      text: token.slice(0, dot - random.between(1, 12)) + token.slice(dot),
      atMost: 'unlikely',
      how: 'routable, body cut',
    };
  },
  (random) => {
    const token = mint(random.pick(routableKinds), random);
    return { text: token.slice(0, -random.between(1, 9)), atMost: 'unlikely', how: 'routable, tail cut' };
  },
  (random) => {
    const token = mint(random.pick(routableKinds), random);
    const tail = token.slice(-7).toUpperCase();
    return tail === token.slice(-7)
      ? { text: token.slice(0, -1), atMost: 'unlikely', how: 'routable, one character too few' }
      : { text: token.slice(0, -7) + tail, atMost: 'unlikely', how: 'routable, checksum in capitals' };
  },
  (random) => ({
    text: random.pick(friendlyPrefixes) + random.of(BASE64URL, random.between(1, 19)),
    atMost: 'unlikely',
    how: 'body too short',
  }),
  (random) => ({
    text: random.pick(friendlyPrefixes) + random.of(BASE64URL, random.between(24, 26)),
    // What touches a token does not make it none, so the first of them may be one.
    atMost: 'likely',
    how: 'body too long',
  }),
  (random) => {
    const body = [...random.friendlyToken(20)];
    body[random.below(20)] = random.pick(['l', 'I', 'O', '0']);
    return {
      text: random.pick(friendlyPrefixes) + body.join(''),
      atMost: 'likely',
      how: 'letter that the generator never writes',
    };
  },
  (random) => {
    const [prefix, length] = random.pick(hexShapes);
    const body = [...random.hex(length)];
    body[random.below(length)] = random.pick([...'ghijkmnopqrstuvwxyzABCDEF']);
    return { text: prefix + body.join(''), atMost: 'unlikely', how: 'hex with a letter that is not hex' };
  },
  (random) => {
    const [prefix, length] = random.pick(hexShapes);
    return { text: prefix + random.hex(length - random.between(1, 4)), atMost: 'unlikely', how: 'hex too short' };
  },
  (random) => {
    const beyond = 2n ** 128n + BigInt(random.bits()) * 2n ** 97n;
    return { text: `glimt-${beyond.toString(36)}`, atMost: 'likely', how: 'number of more than 128 bits' };
  },
  (random) => {
    const [head, payload, signature] = mint('job jwt', random).split('.') as [string, string, string];
    const cut = `${head}.${payload.slice(0, -random.between(8, 30))}.${signature}`;
    return { text: cut, atMost: 'unlikely', how: 'JWT with a cut payload' };
  },
  (random) => ({
    text: mint('job jwt', random).split('.', 2).join('.'),
    atMost: 'unlikely',
    how: 'JWT without signature',
  }),
  (random) => {
    const token = mint(random.pick(['pat legacy', 'deploy', 'feed', 'agent', 'scim']), random);
    return {
      text: token.replace(/gl[a-z]+-/, (prefix) => prefix.toUpperCase()),
      atMost: 'unlikely',
      how: 'prefix in capitals',
    };
  },
  (random) => ({
    text: random.pick(['glpat-', 'gldt-', 'GR1348941']) + random.of(random.pick(['xy', 'ab1', 'X-', '12']), 20),
    atMost: 'unlikely',
    how: 'placeholder',
  }),
];

/** One decoy after another, every way in turn. */
export function* decoys(count: number, seed: number): Generator<Decoy> {
  const random = new Random(seed);
  for (let index = 0; index < count; index++) yield makers[index % makers.length]!(random);
}
