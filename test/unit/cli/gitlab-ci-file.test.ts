/** `.gitlab-ci.yml` gets an entry for glaive, whatever form its `include` has, and keeps every other byte. */

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readGitlabCi, withInclude } from '../../../src/cli/gitlab-ci-file.ts';

const OWN = { local: '.gitlab/glaive.yml' };

describe('withInclude', () => {
  const CASES: Readonly<Record<string, readonly [before: string, after: string]>> = {
    'no file': ['', 'include:\n  - local: .gitlab/glaive.yml\n'],
    'no include': ['a: 1', 'a: 1\n\ninclude:\n  - local: .gitlab/glaive.yml\n'],
    'a list, with comments': [
      'include: # ours\n  # shared\n  - template: x.yml\n  - local: y.yml # why\nb: 2 # c\n',
      'include: # ours\n  # shared\n  - local: .gitlab/glaive.yml\n  - template: x.yml\n  - local: y.yml # why\nb: 2 # c\n',
    ],
    'a list that is not indented': [
      'include:\n- a.yml\n- b.yml\n',
      'include:\n- local: .gitlab/glaive.yml\n- a.yml\n- b.yml\n',
    ],
    'a list in brackets': [
      "include: ['a.yml', b.yml] # x\n",
      "include: [{ local: .gitlab/glaive.yml }, 'a.yml', b.yml] # x\n",
    ],
    'an empty list': ['include: []\na: 1\n', 'include: [{ local: .gitlab/glaive.yml }]\na: 1\n'],
    'a name': ['include: "a.yml" # x\nb: 1\n', 'include:\n  - local: .gitlab/glaive.yml\n  - "a.yml" # x\nb: 1\n'],
    'a map': [
      'a: 1\ninclude:\n  project: g/p\n  # why\n# at the edge\n  file:\n    - x.yml\n\nb: |\n  two\n',
      'a: 1\ninclude:\n  - local: .gitlab/glaive.yml\n  - project: g/p\n    # why\n    # at the edge\n    file:\n      - x.yml\n\nb: |\n  two\n',
    ],
    'a map in braces': [
      'include: { local: a.yml }\nb: 1\n',
      'include:\n  - local: .gitlab/glaive.yml\n  - { local: a.yml }\nb: 1\n',
    ],
    'an include of nothing': ['include:\nb: 1\n', 'include:\n  - local: .gitlab/glaive.yml\nb: 1\n'],
    'a byte order mark': ['\ufeffinclude: a.yml\n', '\ufeffinclude:\n  - local: .gitlab/glaive.yml\n  - a.yml\n'],
    'CR LF': [
      'a: 1\r\ninclude:\r\n  - b.yml\r\n',
      'a: 1\r\ninclude:\r\n  - local: .gitlab/glaive.yml\r\n  - b.yml\r\n',
    ],
    'a header of inputs': [
      'spec:\n  inputs: {}\n---\ninclude: a.yml\n',
      'spec:\n  inputs: {}\n---\ninclude:\n  - local: .gitlab/glaive.yml\n  - a.yml\n',
    ],
    "GitLab's own tags": [
      'x:\n  script: [!reference [.a, script]]\ninclude: a.yml\n',
      'x:\n  script: [!reference [.a, script]]\ninclude:\n  - local: .gitlab/glaive.yml\n  - a.yml\n',
    ],
  };

  it.each(Object.keys(CASES))('%s', (name) => {
    const [before, after] = CASES[name]!;
    expect(withInclude(before, { inputs: {} })).toBe(after);
    expect(readGitlabCi(after).included).toBe('own');
  });

  it.each(Object.values(CASES).map(([before]) => [before]))('names a stage, too: %j', (before) => {
    const { include } = parse(
      withInclude(before, { inputs: { stage: 'build' } })
        .split('---\n')
        .at(-1)!,
      { logLevel: 'silent' },
    ) as {
      include: unknown[];
    };
    expect(include[0]).toEqual({ ...OWN, inputs: { stage: 'build' } });
  });

  it.each(Object.values(CASES).map(([before]) => [before]))('or a component: %j', (before) => {
    const component = '$CI_SERVER_FQDN/group/glaive/glaive@v1.2.3';
    const after = withInclude(before, { component, inputs: {} });
    const { include } = parse(after.split('---\n').at(-1)!, { logLevel: 'silent' }) as { include: unknown[] };
    expect(include[0]).toEqual({ component });
    expect(readGitlabCi(after).included).toBe('other');
  });

  it.each(['include: *list\n', '- a\n', '{ a: 1 }\n', 'include: |\n  a.yml\n', 'a: |\n  text', 'a: 1\n...\n'])(
    'where it is not certain, it changes nothing, or only that: %j',
    (before) => {
      let after: string;
      try {
        after = withInclude(before, { inputs: {} });
      } catch (error) {
        expect(error).toMatchObject({ lines: ['  - local: .gitlab/glaive.yml'] });
        return;
      }
      const { include, ...others } = parse(after) as { include: unknown[] };
      expect(include[0]).toEqual(OWN);
      const { include: _, ...old } = parse(before) as { include?: unknown };
      expect(others).toEqual(old);
    },
  );
});

describe('readGitlabCi', () => {
  it.each([
    ['include: /.gitlab/glaive.yml', 'own'],
    ['include: [{ local: .gitlab/glaive.yml }]', 'own'],
    ['include: { local: templates/glaive.yml }', 'other'],
    ['include: { project: g/glaive, file: [a.yml, /templates/plain/glaive.yml] }', 'other'],
    ['include: [{ component: $CI_SERVER_FQDN/group/glaive/glaive@1 }]', 'other'],
    ['include: https://gitlab.example.com/group/glaive/-/raw/main/templates/glaive.yml', 'other'],
    ['include: { local: other.yml }', undefined],
    ['a: 1', undefined],
  ])('%s', (text, included) => {
    expect(readGitlabCi(`${text}\n`).included).toBe(included);
  });

  it('names a stage only if there is no "test"', () => {
    expect(readGitlabCi('stages: [build, deploy]\n').stage).toBe('build');
    expect(readGitlabCi('stages: [build, test]\n').stage).toBeUndefined();
    expect(readGitlabCi('a: 1\n').stage).toBeUndefined();
  });

  it('sees jobs of branches next to no workflow', () => {
    expect(readGitlabCi('build:\n  script: [make]\n').doublePipelines).toBe(true);
    expect(readGitlabCi('build:\n  script: [make]\n  rules: [{ when: always }]\n').doublePipelines).toBe(false);
    expect(readGitlabCi('workflow: { rules: [] }\nbuild:\n  script: [make]\n').doublePipelines).toBe(false);
    expect(readGitlabCi('.base:\n  script: [make]\n').doublePipelines).toBe(false);
  });

  it('refuses what is not YAML, with the line', () => {
    expect(() => readGitlabCi('a: 1\nb: [\n')).toThrow(/^\.gitlab-ci\.yml:\d+: /);
  });
});
