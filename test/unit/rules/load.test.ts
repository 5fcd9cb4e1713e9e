/** Rule files: errors name the file, the place and the expected value. */

import { describe, expect, it } from 'vitest';
import { GlaiveError } from '../../../src/model/errors.ts';
import { testRules } from '../../../src/scan/test-rules.ts';
import { compileRuleset } from '../../../src/rules/compile.ts';
import { loadBuiltinRuleFile, loadRuleFile } from '../../../src/rules/load.ts';

const good = `
family = "mine"

[[rule]]
id = "my_token"
name = "My token"
description = "A token of mine."
impact = "Much."
owner = "me"
lifetime = "long"
risk = "write"
revoke = ["Ask me."]
references = ["https://example.com/"]

[[rule.form]]
name = "plain"
keywords = ["mine_"]
pattern = 'mine_(?<body>[a-z]{20})(?![a-z])'
examples = ["x «mine_{base36:0}{text:zkqwvjhrtybnxmpdcgfs}»"]
counterexamples = ["mine_short"]
`;

function problemOf(text: string): string {
  try {
    loadRuleFile(text, 'my-rules.toml');
  } catch (error) {
    expect(error).toBeInstanceOf(GlaiveError);
    return (error as GlaiveError).message;
  }
  return 'none';
}

it('a good file gives its rules, with every default', () => {
  const [rule] = loadRuleFile(good, 'my-rules.toml');
  expect(rule).toMatchObject({ id: 'my_token', family: 'mine', routable: [] });
  expect(rule!.forms[0]).toMatchObject({
    instancePrefix: false,
    maxConfidence: 'certain',
    lookBehind: 0,
    maxSpan: 128,
  });
});

it('a rule takes from an earlier one that it is like what it does not have itself', () => {
  const form = good.slice(good.indexOf('[[rule.form]]'));
  const second = `[[rule]]\nid = "other"\nlike = "my_token"\nname = "Other"\ndescription = "Another."\nowner = "you"\n\n${form}`;
  const [first, other] = loadRuleFile(good + second, 'my-rules.toml');
  expect(other).toEqual({ ...first, id: 'other', name: 'Other', description: 'Another.', owner: 'you' });
});

describe('a problem is named with file and place', () => {
  it.each([
    ['no TOML', `${good}\n???`, /^my-rules\.toml:\d+:\d+: /],
    ['unknown key', good.replace('risk =', 'rsik ='), /^my-rules\.toml:\d+: rule\.0\.(rsik|risk): /],
    ['wrong choice', good.replace('"write"', '"mild"'), /^my-rules\.toml:11: rule\.0\.risk: .*"write"/],
    ['no https', good.replace('https://example.com/', 'http://example.com/'), /references\.0: must be an https/],
    ['short keyword', good.replace('["mine_"]', '["my"]'), /keywords\.0: must be 4 to 32/],
    [
      'a credential type',
      good.replace('risk =', 'credential = "access-token"\nrisk ='),
      /only built-in rules may have this key/,
    ],
    [
      'like no earlier rule',
      good.replace('name =', 'like = "later"\nname ='),
      /rule\.0\.like: must be the id of an earlier rule/,
    ],
    ['no revoke', good.replace('["Ask me."]', '[]'), /revoke: needs at least one way/],
    ['no family', good.replace('family = "mine"', ''), /family/],
    ['broken pattern', good.replace('(?![a-z])', '('), /rule my_token: form "plain": pattern: /],
    ['unmarked example', good.replace('«', '').replace('»', ''), /no «secret» marked/],
    ['no counterexample', good.replace('["mine_short"]', '[]'), /at least one counterexample/],
    [
      'devise without body',
      good.replace('(?<body>[a-z]{20})', '[a-z]{20}').replace('examples', 'check = "devise"\nexamples'),
      /needs a group \(\?<body>/,
    ],
    ['no form', good.slice(0, good.indexOf('[[rule.form]]')), /can never match/],
    ['two forms of one name', good + good.slice(good.indexOf('[[rule.form]]')), /two forms named "plain"/],
    ['no keyword', good.replace('keywords = ["mine_"]\n', ''), /needs at least one keyword, or alone = true/],
    ['alone with keywords', good.replace('keywords', 'alone = true\nkeywords'), /alone = true, and not both/],
    [
      'alone in a long text',
      good.replace('keywords = ["mine_"]', 'alone = true\nmax_span = 300'),
      /max_span must be at most 256 with alone = true/,
    ],
    ['span too long', good.replace('examples', 'max_span = 100000\nexamples'), /max_span/],
  ])('%s', (_name, text, expected) => {
    expect(problemOf(text)).toMatch(expected);
  });
});

it('a built-in rule names a credential type that exists', () => {
  const text = good.replace('risk =', 'credential = "acces-token"\nrisk =');
  const load = (...credentialTypes: string[]) =>
    loadBuiltinRuleFile(text, { fileName: 'gitlab.toml', credentialTypes });
  expect(() => load('access-token')).toThrow(
    'gitlab.toml: rule my_token: credential: there is no credential type acces-token',
  );
  expect(load('acces-token')[0]).toMatchObject({ credential: 'acces-token' });
});

describe('compileRuleset', () => {
  it('a rule for what is alone in its text is proven without any keyword', async () => {
    const text = good
      .replace('keywords = ["mine_"]', 'alone = true')
      .replace('(?![a-z])', String.raw`\s?$`)
      .replace('examples = ["x ', 'examples = ["')
      .replace('"mine_short"', '"x mine_{text:zkqwvjhrtybnxmpdcgfs}", "mine_{text:zkqwvjhrtybnxmpdcgfs}  x"');
    const { examples, failures } = await testRules(compileRuleset(loadRuleFile(text, 'my-rules.toml')));
    expect(failures).toEqual([]);
    expect(examples).toBe(3);
  });

  it('refuses two rules of one id', () => {
    const rules = loadRuleFile(good, 'my-rules.toml');
    expect(() => compileRuleset([...rules, ...rules])).toThrow(/two rules have the id my_token/);
  });

  it('gives each keyword once, with everything to try there, and reaches as far as the longest form', () => {
    const rules = loadRuleFile(good, 'a.toml');
    const other = loadRuleFile(
      good.replaceAll('my_token', 'other').replace('examples', 'max_span = 4000\nlook_behind = 500\nexamples'),
      'b.toml',
    );
    const { keywords, reach } = compileRuleset([...rules, ...other]);
    expect(keywords.map(({ text, trials }) => [text, trials.length])).toEqual([['mine_', 2]]);
    expect(reach).toEqual({ before: 500, after: 4016 });
  });
});
