/** The edits behind the quick fixes, in every language that has them. */

import { describe, expect, it } from 'vitest';
import { allowInsertions } from '../../../src/editor/allow-edit.ts';
import { commentOf, variableSyntaxOf } from '../../../src/editor/languages.ts';
import type { Place } from '../../../src/editor/places.ts';
import { variableEdit } from '../../../src/editor/variable-edit.ts';
import { variableName } from '../../../src/editor/variable-name.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { builtinRules } from '../../../src/rules/builtin.ts';

const ruleOf = (id: string) => builtinRules().find((rule) => rule.id === id)!;
const PAT = 'gitlab_personal_access_token';

function spanIn(text: string) {
  const start = text.indexOf('SECRET');
  return { start, end: start + 'SECRET'.length };
}

/** The text after its credential `SECRET` was replaced. */
function replaced(text: string, languageId: string, path?: string): string | undefined {
  const syntax = variableSyntaxOf(languageId, path);
  if (syntax === undefined) return undefined;
  const edit = variableEdit(text, spanIn(text), syntax, variableName(text, spanIn(text), ruleOf(PAT), []));
  return edit && text.slice(0, edit.start) + edit.newText + text.slice(edit.end);
}

describe('replacing by a variable', () => {
  it.each([
    ['shellscript', 'export ACME_KEY=SECRET', 'export ACME_KEY=$ACME_KEY'],
    ['sh', 'curl -H "PRIVATE-TOKEN: SECRET" x', 'curl -H "PRIVATE-TOKEN: $GITLAB_TOKEN" x'],
    ['bash', "curl -H 'PRIVATE-TOKEN: SECRET' x", `curl -H 'PRIVATE-TOKEN: '"$GITLAB_TOKEN"'' x`],
    ['zsh', "GL_TOKEN='SECRET'", 'GL_TOKEN="$GL_TOKEN"'],
    ['sh', 'it="\'SECRET\'"', 'it="\'$IT\'"'],
    ['sh', 'echo SECRETs', 'echo ${GITLAB_TOKEN}s'],
    ['javascript', 'const deployKey = "SECRET";', 'const deployKey = process.env.DEPLOY_KEY;'],
    ['typescript', 'f(`Bearer SECRET`)', 'f(`Bearer ${process.env.GITLAB_TOKEN}`)'],
    ['typescriptreact', '<A token="SECRET" />', '<A token={process.env.GITLAB_TOKEN} />'],
    ['javascript', "f({ token: 'SECRET' })", 'f({ token: process.env.GITLAB_TOKEN })'],
    // An expression between quotes would be text.
    ['javascript', 'f("Bearer SECRET")', undefined],
    ['javascript', 'x = { "SECRET": 1 }', undefined],
    ['python', "ci_key = 'SECRET'", 'ci_key = os.environ["CI_KEY"]'],
    ['python', 'x = f"""SECRET"""', 'x = os.environ["X"]'],
    ['python', 'x = b"SECRET"', undefined],
    ['python', 'x = "a SECRET"', undefined],
    ['ruby', "token = 'SECRET'", 'token = ENV.fetch("GITLAB_TOKEN")'],
    ['ruby', 'f "Bearer SECRET"', 'f "Bearer #{ENV.fetch("GITLAB_TOKEN")}"'],
    ['ruby', "f 'Bearer SECRET'", undefined],
    ['go', 'gitlabToken := `SECRET`', 'gitlabToken := os.Getenv("GITLAB_TOKEN")'],
    ['go', 'os.Setenv("GL_KEY", "SECRET")', 'os.Setenv("GL_KEY", os.Getenv("GL_KEY"))'],
    ['go', 'const key = "SECRET"', undefined],
    ['yaml.gitlab', 'variables:\n  DEPLOY: "SECRET"', 'variables:\n  DEPLOY: "$DEPLOY"'],
    ['dotenv', "CI_KEY='SECRET'", 'CI_KEY=${CI_KEY}'],
    ['yaml', 'key: SECRET', undefined],
    ['json', '"key": "SECRET"', undefined],
  ])('in %s: %s', (languageId, text, expected) => {
    expect(replaced(text, languageId)).toBe(expected);
  });

  it.each([
    ['.gitlab-ci.yml', 'a: $A'],
    ['ci/deploy.gitlab-ci.yaml', 'a: $A'],
    ['.env.local', 'a: ${A}'],
    ['values.yml', undefined],
  ])('knows %s by its name', (path, expected) => {
    expect(replaced('a: SECRET', 'yaml', path)).toBe(expected);
  });

  it.each([
    ['PRIVATE-TOKEN: ', PAT, 'GITLAB_TOKEN'],
    ['JOB-TOKEN: ', 'gitlab_ci_build_token', 'CI_JOB_TOKEN'],
    ['', 'gitlab_deploy_token', 'GITLAB_DEPLOY_TOKEN'],
    ['', 'gitlab_personal_access_token_routable_versioned', 'GITLAB_TOKEN'],
    ['', 'vault_service_token', 'VAULT_TOKEN'],
    ['run --ci-key ', PAT, 'CI_KEY'],
    ['myGitlabApiKey = ', PAT, 'MY_GITLAB_API_KEY'],
  ])('names the variable: %s %s', (before, rule, expected) => {
    expect(variableName(`${before}SECRET\n`, spanIn(`${before}SECRET`), ruleOf(rule), [])).toBe(expected);
  });

  it('names it after no other credential', () => {
    const text = 'OTHER_ONE=SECRET';
    expect(variableName(text, spanIn(text), ruleOf(PAT), [{ start: 6, end: 9 }])).toBe('GITLAB_TOKEN');
  });

  it('not for a credential of several lines', () => {
    expect(variableEdit('x="a\nb"', { start: 3, end: 6 }, 'shell', 'X')).toBeUndefined();
  });
});

describe('allowing by a comment', () => {
  const finding = { ruleId: PAT, regions: [{}] } as unknown as Finding;
  const other = { ...finding, ruleId: 'gitlab_deploy_token' };
  const placesOf = (text: string, found: Finding, secret: string): Place[] =>
    [...text.matchAll(new RegExp(secret, 'g'))].map(({ index }) => ({
      finding: found,
      rule: ruleOf(found.ruleId),
      span: { start: index, end: index + secret.length },
    }));

  /** The text with the comments. */
  function allowed(text: string, languageId: string): string | undefined {
    const places = [...placesOf(text, finding, 'SECRET'), ...placesOf(text, other, 'DEPLOY')];
    const insertions = allowInsertions(text, finding, places, commentOf(languageId, undefined)!);
    return insertions?.reduceRight(
      (result, { at, before, after }) => `${result.slice(0, at)}${before}why${after}${result.slice(at)}`,
      text,
    );
  }

  it.each([
    ['python', '  x = "SECRET"\n', `  # glaive:allow ${PAT} why\n  x = "SECRET"\n`],
    ['html', 'a\r\n<b>SECRET', `a\r\n<!-- glaive:allow ${PAT} why -->\r\n<b>SECRET`],
    ['css', 'SECRET', `/* glaive:allow ${PAT} why */\nSECRET`],
    // Every place needs one, and one counts for its whole line.
    [
      'yaml',
      'a: SECRET\nb: SECRET SECRET\n',
      `# glaive:allow ${PAT} why\na: SECRET\n# glaive:allow ${PAT} why\nb: SECRET SECRET\n`,
    ],
    ['go', 'f("SECRET", "DEPLOY")\n', `// glaive:allow=${PAT},gitlab_deploy_token why\nf("SECRET", "DEPLOY")\n`],
    // A comment would be a part of the text, or is there already.
    ['sh', 'curl \\\n  SECRET\n', undefined],
    ['sh', 'cat <<EOF\nSECRET\nEOF\n', undefined],
    ['yaml', 'a: |\n  SECRET\n', undefined],
    ['python', 'x = """\nSECRET\n"""\n', undefined],
    ['sh', '# glaive:allow gitlab_deploy_token\nx=SECRET\n', undefined],
  ])('in %s: %j', (languageId, text, expected) => {
    expect(allowed(text, languageId)).toBe(expected);
  });

  it.each(['json', 'plaintext', 'svg'])('not in %s', (languageId) => {
    expect(commentOf(languageId, 'a.txt')).toBeUndefined();
  });
});
