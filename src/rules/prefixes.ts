/**
 * Custom token prefixes (`[gitlab] prefixes`), which GitLab's own push protection does not find. GitLab has used such
 * a prefix in three ways, and old tokens remain valid:
 *
 * - in place of `glpat-`, for personal access tokens (`personal_access_token_prefix`)
 * - in front of the whole prefix, `acme-glft-` (`instance_token_prefix`): found without configuration
 * - in place of `gl`, `acme-ft-` (the first form of `instance_token_prefix`, 17.10 to about 18.0)
 *
 * Versioned routable tokens are found by their checksum, whatever their prefix.
 */

import type { PatternForm, RoutableForm, Rule } from '../model/rule.ts';

/** Rules with forms for each prefix added; the given rules are left as they are. */
export function withPrefixes(rules: readonly Rule[], prefixes: readonly string[]): Rule[] {
  return rules.map((rule) => ({
    ...rule,
    forms: [
      ...rule.forms.map((form) => (form.instancePrefix ? { ...form, instances: prefixes } : form)),
      ...prefixes.flatMap((prefix) => prefixedForms(rule, prefix)),
    ],
    routable: [...rule.routable, ...prefixes.flatMap((prefix) => prefixedRoutables(rule, prefix))],
  }));
}

const PERSONAL = 'glpat-';
/**
 * A digit or a capital somewhere in the 20 characters. A prefix chosen by an administrator may be a word, and
 * `acme-some-long-words-here` is not a token; less than 1 in 10 million tokens has neither.
 */
const NO_WORDS = '(?=[0-9A-Za-z_-]{0,19}[0-9A-Z])';

function prefixedForms({ forms }: Rule, prefix: string): PatternForm[] {
  const replaced = forms.filter(
    (form) => form.instancePrefix && form.keywords.every((keyword) => keyword.startsWith('gl')),
  );
  const personal = forms.filter((form) => form.keywords.includes(PERSONAL));
  return [
    ...replaced.map((form) => substitute(form, 'gl', prefix, '')),
    ...personal.map((form) => substitute(form, PERSONAL, prefix, NO_WORDS)),
  ];
}

/** The form with `prefix` instead of `from` at the start of keyword and pattern. */
function substitute({ touchedBy, ...form }: PatternForm, from: string, prefix: string, ahead: string): PatternForm {
  // A prefix that is not GitLab's own is often followed by words, so a text longer than a token is not a match.
  const end = touchedBy === undefined ? '' : `(?!${touchedBy})`;
  return {
    ...form,
    name: `${form.name}, prefix ${prefix}${from === PERSONAL ? '' : ' in place of gl'}`,
    keywords: form.keywords.map((keyword) => prefix + keyword.slice(from.length)),
    pattern: prefix.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') + ahead + form.pattern.slice(from.length) + end,
    instancePrefix: false,
  };
}

function prefixedRoutables({ routable }: Rule, prefix: string): RoutableForm[] {
  return routable
    .filter((form) => form.prefix === PERSONAL)
    .map((form) => ({ ...form, name: `${form.name}, prefix ${prefix}`, prefix }));
}
