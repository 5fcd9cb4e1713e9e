/** What GitLab says when it refuses is recognised, and nothing of it is repeated that may be a secret. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingPermissions, errorFromFields } from '../../src/gitlab/api-errors.ts';
import { mint, Random } from '../support/mint.ts';

const random = new Random(31);
const tokens = Array.from({ length: 200 }, (_, index) =>
  mint(['pat legacy', 'pat routable v1', 'deploy', 'job legacy', 'trigger', 'feed'][index % 6]!, random),
);

/** Names as GitLab makes them: words of a resource, and what may be done with it. */
const word = fc.constantFrom('Job', 'Personal', 'Access', 'Token', 'Merge', 'Request', 'OAuth', 'CI', 'URL', 'of');
const permission = fc
  .tuple(
    fc.constantFrom('Job', 'Personal', 'OAuth', 'CI', 'Note/Draft'),
    fc.array(word, { maxLength: 3 }),
    fc.constantFrom('Read', 'Renew Secret', 'Revoke'),
  )
  .map(([first, rest, action]) => `${[first, ...rest].join(' ')}: ${action}`);

const said = (permissions: readonly string[]): object => ({
  error: 'insufficient_granular_scope',
  error_description: `Access denied: This operation requires a fine-grained personal access token with the following project permissions: [${permissions.join(', ')}].`,
});

describe('the refusal of a fine-grained token', () => {
  it('names each permission that GitLab names, up to five', () => {
    fc.assert(
      fc.property(fc.array(permission, { minLength: 1, maxLength: 8 }), (permissions) => {
        const text = missingPermissions(403, { ...said(permissions) })!;
        for (const one of permissions.slice(0, 5)) expect(text).toContain(one);
      }),
    );
  });

  it('repeats no token, whatever is in it, and wherever', () => {
    const anything = fc.oneof(
      fc.string(),
      permission,
      fc.constantFrom(...tokens),
      fc.constantFrom('[', ']', ', ', ': Read', '_'),
    );
    const pieces = fc.array(anything, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        pieces,
        fc.array(pieces, { maxLength: 4 }),
        fc.constantFrom(400, 401, 403),
        (before, listed, status) => {
          const description = `${before}[${listed.join(', ')}]`;
          const fields = { error: 'insufficient_granular_scope', error_description: description, message: description };
          const { message } = errorFromFields(status, fields);
          for (const token of tokens) {
            const body = token.replace(/^.*gl[a-z]+-/, '');
            if (description.includes(token)) expect(message).not.toContain(body);
          }
          expect(message.length).toBeLessThan(1000);
          // eslint-disable-next-line no-control-regex
          expect(message).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
