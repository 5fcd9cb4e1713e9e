/** Rule files of a repository's own, as text. */

export interface OwnRule {
  readonly id?: string;
  readonly keyword?: string;
  readonly pattern?: string;
}

/** A rule file with one rule each. Default: `acme_key_` and 16 hex digits. */
export function ruleFile(...rules: readonly OwnRule[]): string {
  const each = rules.map(
    ({ id = 'acme_key', keyword = 'acme_key_', pattern = 'acme_key_(?<body>[0-9a-f]{16})(?![0-9A-Za-z_-])' }) => `
[[rule]]
id = "${id}"
name = "Acme key"
description = "A key."
impact = "Anyone with it is Acme."
owner = "a person"
lifetime = "for ever"
risk = "write"
revoke = ["Ask Acme."]
references = ["https://example.com/"]

[[rule.form]]
name = "as it is"
keywords = ["${keyword}"]
pattern = '''${pattern}'''
examples = ['k=«acme_key_{hex:16}»']
counterexamples = ['acme_key_{hex:15}']
`,
  );
  return `family = "acme"\n${each.join('')}`;
}
