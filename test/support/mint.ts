/**
 * Makes tokens as GitLab makes them, from a seed. Written from GitLab's source, and it imports nothing from `src/`:
 * a wrong idea about a format must not be able to agree with itself.
 *
 * Sources (gitlabhq/gitlabhq): lib/authn/token_field/generator/routable_token.rb, app/models/{personal_access_token,
 * deploy_token,user}.rb, app/models/ci/{runner,build,trigger}.rb, lib/ci/job_token/jwt.rb, and Devise's lib/devise.rb.
 */

import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A reproducible source of randomness (xoshiro128**), and the generators that Ruby's SecureRandom offers GitLab. */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    // SplitMix32 spreads a small seed over the state.
    this.#state = Uint32Array.from({ length: 4 }, () => {
      seed = (seed + 0x9e3779b9) >>> 0;
      let z = seed;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    });
  }

  /** 32 random bits. */
  bits(): number {
    const s = this.#state;
    const rotate = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;
    const result = Math.imul(rotate(Math.imul(s[1]!, 5) >>> 0, 7), 9) >>> 0;
    const t = (s[1]! << 9) >>> 0;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11);
    return result;
  }

  /** A whole number in `[0, limit)`. */
  below(limit: number): number {
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }

  /** A whole number in `[low, high]`. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length; at++) bytes[at] = this.bits() >>> 24;
    return bytes;
  }

  hex(digits: number): string {
    return this.bytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits);
  }

  /** `length` characters of an alphabet. */
  of(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('');
  }

  /** Devise.friendly_token: urlsafe base64 with l I O 0 written as s x y z. */
  friendlyToken(length: number): string {
    const letters: Record<string, string> = { l: 's', I: 'x', O: 'y', 0: 'z' };
    return this.bytes(Math.floor((length * 3) / 4))
      .toString('base64url')
      .replace(/[lIO0]/g, (letter) => letters[letter]!)
      .padEnd(length, 'A')
      .slice(0, length);
  }
}

export type Payload = Readonly<Record<string, number | bigint | string>>;

export interface RoutableOptions {
  readonly prefix: string;
  readonly payload: Payload;
  readonly version: 'v0' | 'v1';
}

/** A routable token, as lib/authn/token_field/generator/routable_token.rb writes it. */
export function routableToken(random: Random, { prefix, payload, version }: RoutableOptions): string {
  const lines = Object.keys(payload)
    .toSorted()
    .map((key) => `${key}:${typeof payload[key] === 'string' ? payload[key] : payload[key]!.toString(36)}`)
    .join('\n');
  const noise = random.bytes(16);
  const raw =
    version === 'v1'
      ? Buffer.concat([noise, Buffer.from(lines), Buffer.from([lines.length])])
      : Buffer.concat([Buffer.from(lines), noise, Buffer.from([noise.length])]);
  const body = raw.toString('base64url');
  const head = `${prefix}${body}${version === 'v1' ? '.01' : ''}.${body.length.toString(36).padStart(2, '0')}`;
  return head + crc32(head).toString(36).padStart(7, '0');
}

/** A JSON Web Token with a signature of the right length that no key made. */
export function jsonWebToken(random: Random, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { kid: random.bytes(32).toString('base64url'), typ: 'JWT', alg: 'RS256' };
  return `${part(header)}.${part(claims)}.${random.bytes(256).toString('base64url')}`;
}

/** One kind of credential: its generator, the rule that must find it, and the contexts that it can have. */
export interface Kind {
  readonly ruleId: string;
  /** The lowest confidence a scanner may give it. */
  readonly confidence: 'proven' | 'certain' | 'likely';
  /** Whether GitLab's `instance_token_prefix` is put in front of this kind. */
  readonly instancePrefix: boolean;
  /** @param instance an instance prefix with its dash, or nothing */
  make(random: Random, instance: string): string;
  /** Texts that must be around it for the credential to be one; absent: any text. */
  readonly carriers?: readonly (readonly [before: string, after: string])[];
}

const user = (random: Random): number => random.between(1, 30_000_000);
const id = (random: Random): number => random.between(1, 90_000_000);
const cell = (random: Random): Payload => (random.below(3) === 0 ? { c: random.between(1, 40) } : {});

const friendly = (ruleId: string, prefix: string, length = 20, extra: Partial<Kind> = {}): Kind => ({
  ruleId,
  confidence: 'certain',
  instancePrefix: true,
  make: (random, instance) => instance + prefix + random.friendlyToken(length),
  ...extra,
});

const routable = (
  ruleId: string,
  version: 'v0' | 'v1',
  prefix: string | ((random: Random) => string),
  payload: (random: Random) => Payload,
  instancePrefix = true,
): Kind => ({
  ruleId,
  confidence: 'proven',
  instancePrefix,
  make: (random, instance) =>
    routableToken(random, {
      prefix: instance + (typeof prefix === 'string' ? prefix : prefix(random)),
      payload: { ...cell(random), ...payload(random) },
      version,
    }),
});

const human = (random: Random): Payload => ({ o: random.below(4) === 0 ? id(random) : 1, u: user(random) });
const runner = (random: Random): Payload => {
  const type = random.between(1, 3);
  const owner = type === 2 ? { g: id(random) } : type === 3 ? { p: id(random) } : {};
  return { o: 1, t: type, u: user(random), ...owner };
};
const jobClaims = (random: Random): object => {
  const now = 1_790_000_000 + random.below(100_000_000);
  return {
    version: '0.1.0',
    iss: 'gitlab.example.com',
    aud: 'gitlab-authz-token',
    sub: `gid://gitlab/Ci::Build/${id(random)}`,
    jti: random.hex(32),
    iat: now,
    nbf: now - 5,
    exp: now + 3900,
    o: '1',
    u: user(random).toString(36),
    p: id(random).toString(36),
    g: id(random).toString(36),
  };
};
/** Prefixes that administrators set for personal access tokens; spec/frontend has one with a `*`. */
const customPrefix = (random: Random): string =>
  random.pick(['corp_', 'mycompany-', 'sie_', 'specpat*-', 'a', 'pat.', 'X9-token_', 'gl_internal_secret_1']);

/** Every kind that GitLab issues with a mark of its own, in every form it has had. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'pat legacy': friendly('gitlab_personal_access_token', 'glpat-'),
  'pat routable v0': routable('gitlab_personal_access_token_routable', 'v0', 'glpat-', human),
  'pat routable v1': routable('gitlab_personal_access_token_routable_versioned', 'v1', 'glpat-', human),
  'pat custom prefix v1': routable('gitlab_personal_access_token_routable_versioned', 'v1', customPrefix, human, false),
  'oauth access routable v1, no prefix': routable('gitlab_oauth_access_token', 'v1', '', human, false),
  deploy: friendly('gitlab_deploy_token', 'gldt-'),
  'deploy routable v1': routable('gitlab_deploy_token', 'v1', 'gldt-', (random) => ({
    o: 1,
    ...(random.below(2) === 0 ? { g: id(random) } : { p: id(random) }),
  })),
  'runner legacy': friendly('gitlab_runner_auth_token', 'glrt-'),
  'runner typed': friendly('gitlab_runner_auth_token', 'glrt-', 20, {
    make: (random, instance) => `${instance}glrt-t${random.between(1, 3)}_${random.friendlyToken(20)}`,
  }),
  'runner registered': friendly('gitlab_runner_auth_token', 'glrtr-', 20, { instancePrefix: false }),
  'runner bare typed': friendly('gitlab_runner_auth_token', '', 20, {
    confidence: 'likely',
    instancePrefix: false,
    make: (random) => `t${random.between(1, 3)}_${random.friendlyToken(20)}`,
    carriers: [
      ['[[runners]]\n  name = "r"\n  token = "', '"\n  executor = "shell"\n'],
      ["  token='", "'\n"],
    ],
  }),
  'runner typed routable v0': routable(
    'gitlab_runner_auth_token_routable',
    'v0',
    (random) => `glrt-t${random.between(1, 3)}_`,
    (random) => ({ o: 1, p: id(random) }),
  ),
  'runner routable v1': routable('gitlab_runner_auth_token_routable', 'v1', 'glrt-', runner),
  'runner typed routable v1': routable(
    'gitlab_runner_auth_token_routable',
    'v1',
    (random) => `glrt-t${random.between(1, 3)}_`,
    runner,
  ),
  'runner registered routable v1': routable('gitlab_runner_auth_token_routable', 'v1', 'glrtr-', runner, false),
  'runner registration': friendly('gitlab_runner_registration_token', 'GR1348941', 20, { instancePrefix: false }),
  'runner controller': friendly('gitlab_runner_controller_token', 'glrct-'),
  'job legacy': friendly('gitlab_ci_build_token', 'glcbt-', 20, {
    instancePrefix: false,
    make: (random) => `glcbt-${random.between(0, 0xfffff).toString(16)}_${random.friendlyToken(20)}`,
  }),
  'job jwt': friendly('gitlab_ci_build_token', 'glcbt-', 0, {
    make: (random, instance) => `${instance}glcbt-${jsonWebToken(random, jobClaims(random))}`,
  }),
  trigger: friendly('gitlab_pipeline_trigger_token', 'glptt-', 0, {
    make: (random, instance) => `${instance}glptt-${random.hex(40)}`,
  }),
  'trigger, 20 characters': friendly('gitlab_pipeline_trigger_token', 'glptt-', 20, { confidence: 'likely' }),
  feed: friendly('gitlab_feed_token_v2', 'glft-'),
  'feed for a path': friendly('gitlab_feed_token_v2', 'glft-', 0, {
    make: (random, instance) => {
      const owner = user(random);
      const hmac = createHmac('sha256', `glft-${random.friendlyToken(20)}`)
        .update('/dashboard.ics')
        .digest('hex');
      return `${instance}glft-${hmac}-${owner}`;
    },
  }),
  'feed, old': friendly('gitlab_feed_token', '', 20, {
    confidence: 'likely',
    instancePrefix: false,
    carriers: [
      ['https://gitlab.example.com/dashboard/issues.atom?feed_token=', '&state=opened'],
      ['<a href="/group.atom?rss_token=', '">feed</a>'],
    ],
  }),
  'incoming mail': friendly('gitlab_incoming_email_token', 'glimt-', 0, {
    make: (random, instance) => `${instance}glimt-${BigInt(`0x${random.hex(32)}`).toString(36)}`,
  }),
  agent: friendly('gitlab_kubernetes_agent_token', 'glagent-', 50),
  scim: friendly('gitlab_scim_oauth_token', 'glsoat-'),
  'feature flags': friendly('gitlab_feature_flags_client_token', 'glffct-'),
  workspace: friendly('gitlab_workspace_token', 'glwt-', 20, { confidence: 'likely' }),
  'workspace, longer': friendly('gitlab_workspace_token', 'glwt-', 50, { confidence: 'likely' }),
  'oauth secret': friendly('gitlab_oauth_app_secret', 'gloas-', 0, {
    make: (random, instance) => `${instance}gloas-${random.hex(64)}`,
  }),
  'iam service': friendly('gitlab_iam_oauth_token', '', 43, {
    confidence: 'likely',
    instancePrefix: false,
    make: (random) => `gliam${random.pick(['ac', 'at', 'rt'])}-${random.bytes(32).toString('base64url')}`,
  }),
  'stateless access': friendly('gitlab_stateless_access_token', '', 0, {
    make: (random, instance) => {
      const claims = {
        ...jobClaims(random),
        sub: `gid://gitlab/User/${user(random)}`,
        gitlab: { scopes: ['ai_workflows'] },
      };
      return `${instance}glsat-${jsonWebToken(random, claims)}`;
    },
  }),
  'session cookie': friendly('gitlab_session_cookie', '', 0, {
    instancePrefix: false,
    make: (random) => random.pick(['', '', 'cell-3-', 'cell2-']) + random.hex(32),
    carriers: [
      ['Cookie: _gitlab_session=', '; path=/; secure'],
      ['curl -b "_gitlab_session=', '" https://gitlab.example.com'],
      ['{"name":"_gitlab_session","value":"', '","secure":true}'],
      ['gitlab.example.com\tFALSE\t/\tTRUE\t0\t_gitlab_session\t', '\n'],
    ],
  }),
  'error tracking': friendly('gitlab_error_tracking_client_key', '', 0, {
    instancePrefix: false,
    make: (random) => `glet_${random.hex(32)}`,
  }),
  'webhook signing': friendly('gitlab_webhook_signing_token', '', 0, {
    confidence: 'likely',
    instancePrefix: false,
    make: (random) => `whsec_${random.bytes(32).toString('base64')}`,
  }),
};

export type KindName = string;

const INSTANCES = ['acme-', 'my_company-', 'X1-', 'a2345678901234567890-'];

/**
 * A token of a kind. With an instance prefix now and then where the kind allows one and a checksum says so: of others it is
 * recognised only if several are together.
 */
export function mint(kind: KindName, random: Random): string {
  return mintOf(kind, random, KINDS[kind]!.confidence === 'proven');
}

/** The same, with such prefixes for all kinds: for texts with many tokens. */
function mintOneOfMany(kind: KindName, random: Random): string {
  return mintOf(kind, random, true);
}

function mintOf(kind: KindName, random: Random, mayHavePrefix: boolean): string {
  const { make, instancePrefix } = KINDS[kind]!;
  const prefix = instancePrefix && random.below(4) === 0 ? random.pick(INSTANCES) : '';
  return make(random, mayHavePrefix ? prefix : '');
}

/** Texts around a token: quotes, URLs, JSON, YAML, shell, prose and worse. */
const CONTEXTS: readonly (readonly [before: string, after: string])[] = [
  ['TOKEN=', '\n'],
  ['export TOKEN="', '"\n'],
  ["token: '", "'\n"],
  ['  token: ', '\n  other: 1\n'],
  ['{"token":"', '","n":1}'],
  ['{"log":"first\\n', '\\nlast"}'],
  ['{"log":"\\u0022', '\\u0022"}'],
  ['curl -H "PRIVATE-TOKEN: ', '" https://gitlab.example.com/api/v4/user'],
  ['curl --header=PRIVATE-TOKEN:', ' https://x'],
  ['git clone https://oauth2:', '@gitlab.example.com/group/project.git'],
  ['https://gitlab.example.com/x?private_token=', '&page=2'],
  ['redirect=%2Fx%3Fprivate_token%3D', '%26page%3D2'],
  ['machine gitlab.example.com login x password ', '\n'],
  ['<password>', '</password>'],
  ['The token is ', '. Keep it.'],
  ['(see ', ', then go on)'],
  ['`', '`'],
  ['args: ["--token", "', '"]'],
  ['--set config.token=', ' --set a=b'],
  ['[', ']'],
  ['token=', ';'],
  ['\tx:=', '\r\n'],
  ['über=', ' ü'],
  ['//registry.example.com/:_authToken=', '\n'],
];

export interface Placed {
  readonly text: string;
  /** The position of the token in `text`, in bytes. */
  readonly start: number;
  readonly end: number;
  readonly token: string;
}

/**
 * A token in a text in which such a token occurs.
 *
 * @param minted default: one of many, which may have a prefix of an instance without a checksum that covers it
 */
export function place(kind: KindName, random: Random, minted = mintOneOfMany): Placed {
  return placeOf(KINDS[kind]!, random, minted(kind, random));
}

/** A token of any issuer in a text in which such a token occurs. */
export function placeOf({ ruleId, carriers }: Kind, random: Random, token: string): Placed {
  const mail = ruleId === 'gitlab_incoming_email_token' && random.below(3) === 0;
  const [before, after] = mail
    ? (['incoming+group-project-278964-', '-issue@incoming.gitlab.com'] as const)
    : random.pick(carriers ?? CONTEXTS);
  const start = Buffer.byteLength(before);
  return { text: before + token + after, start, end: start + Buffer.byteLength(token), token };
}
