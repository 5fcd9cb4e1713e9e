/** The shape of `.glaive.toml`; `schema/glaive-config.schema.json` is made from it for editors. */

import * as v from 'valibot';
import { problemText } from '../lib/problem-text.ts';
import { CONFIDENCES } from '../model/confidence.ts';

/**
 * Limits of lists, since a repository could make its own scan slow: each prefix is tried in several forms, each entry with every
 * finding. They are far above any list written by hand.
 */
const MOST = { prefixes: 200, files: 100, disable: 1000, names: 200, allow: 10_000 } as const;
const atMost = <T>(most: number): v.MaxLengthAction<T[], number, string> =>
  v.maxLength(most, `must have at most ${most} entries`);

const nonEmpty = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be a secretFingerprint: 64 hex digits'));
const date = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\d$/, 'must be a date like "2027-01-31"'),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'must be a date that exists'),
);

const allow = v.pipe(
  v.strictObject({
    secret: v.optional(v.pipe(sha256, v.description('The secretFingerprint of a finding.'))),
    rule: v.optional(v.pipe(v.string(), v.description('The id of a rule.'))),
    path: v.optional(v.pipe(v.string(), v.description('A path, in gitignore syntax.'))),
    reason: v.pipe(
      v.string(),
      v.nonEmpty('must give a reason'),
      v.description('Why this is no danger. Shown in reports.'),
    ),
    expires: v.optional(v.pipe(date, v.description('The last day on which the exception applies, YYYY-MM-DD.'))),
  }),
  v.check(
    ({ secret, rule, path }) => secret !== undefined || rule !== undefined || path !== undefined,
    'needs a secret, a rule or a path to allow',
  ),
);

export const configSchema = v.strictObject({
  gitlab: v.optional(
    v.strictObject({
      prefixes: v.optional(
        v.pipe(
          v.array(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{3,40}$/, 'must be 3 to 40 printable characters'))),
          atMost(MOST.prefixes),
          v.description('The token prefixes of the GitLab instance, as in its settings, with the dash.'),
        ),
      ),
    }),
  ),
  scan: v.optional(
    v.strictObject({
      exclude: v.optional(v.pipe(v.array(nonEmpty), v.description('Paths to exclude, in gitignore syntax.'))),
      min_confidence: v.optional(
        v.pipe(
          v.picklist(CONFIDENCES),
          v.description('Report findings of at least this confidence; --min-confidence overrides it.'),
        ),
      ),
      fail_on: v.optional(
        v.pipe(
          v.picklist(['likely', 'certain']),
          v.description('Exit with 1 only for findings of at least this confidence; --fail-on overrides it.'),
        ),
      ),
      strict: v.optional(
        v.pipe(v.boolean(), v.description('Treat skipped files as not scanned: exit 2. As --strict.')),
      ),
      time_limit: v.optional(
        v.pipe(
          v.number(),
          v.gtValue(0, 'must be more than 0 seconds'),
          v.description('Seconds after which a scan stops, with a gap; --time-limit overrides it.'),
        ),
      ),
    }),
  ),
  rules: v.optional(
    v.strictObject({
      files: v.optional(
        v.pipe(
          v.array(v.pipe(nonEmpty, v.maxLength(4096, 'must have at most 4096 characters'))),
          atMost(MOST.files),
          v.description('Rule files to add, relative to this file.'),
        ),
      ),
      disable: v.optional(
        v.pipe(
          v.array(v.pipe(v.string(), v.maxLength(200, 'must have at most 200 characters'))),
          atMost(MOST.disable),
          v.description('Ids of rules or families (`ci-secrets`) to turn off.'),
        ),
      ),
      names: v.optional(
        v.pipe(
          v.array(
            v.pipe(
              v.string(),
              v.regex(
                /^(?=.{4,80}$)[A-Za-z][A-Za-z0-9]*(?:[ _.-][A-Za-z0-9]+)*$/,
                'must be a name of 4 to 80 letters and digits, joined by _ - . or blanks',
              ),
            ),
          ),
          atMost(MOST.names),
          v.description('More names of variables and fields that hold a token of GitLab, like "ACME_FORGE_TOKEN".'),
        ),
      ),
    }),
  ),
  allow: v.optional(v.pipe(v.array(allow), atMost(MOST.allow))),
});

export type ConfigFile = v.InferOutput<typeof configSchema>;

/**
 * Keys that decide where a secret may be sent, or with which credentials: only the user may set them, not the repository that
 * is scanned. They are refused in its files, even if this version does not know them.
 */
export const USERS_OWN: readonly string[] = [
  'verify',
  'gitlab.url',
  'gitlab.urls',
  'gitlab.host',
  'gitlab.hosts',
  'gitlab.token',
  'gitlab.token_file',
  'gitlab.ca_file',
  'gitlab.proxy',
  'gitlab.insecure',
  'vault',
  'proxy',
  'network',
];

/** The first key of a parsed file that only the user may set. */
export function usersOwnKey(value: unknown): string | undefined {
  return USERS_OWN.find((key) => {
    let at: unknown = value;
    for (const part of key.split('.')) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return false;
      at = (at as Record<string, unknown>)[part]; // an object that has the key
    }
    return true;
  });
}

const KEYS = [
  'gitlab',
  'scan',
  'rules',
  'allow',
  'prefixes',
  'exclude',
  'min_confidence',
  'fail_on',
  'strict',
  'time_limit',
  'files',
  'disable',
  'names',
  'secret',
  'rule',
  'path',
  'reason',
  'expires',
];

/** Checks a parsed file. @returns the configuration, or the first problem and its key */
export function checkConfig(
  value: unknown,
):
  | { readonly ok: true; readonly config: ConfigFile }
  | { readonly ok: false; readonly key: string; readonly message: string } {
  const result = v.safeParse(configSchema, value);
  if (result.success) return { ok: true, config: result.output };
  const [issue] = result.issues;
  return { ok: false, key: v.getDotPath(issue) ?? '', message: problemText(issue, KEYS) };
}
