/** Links to the pages of the repository: only where they are certain, and only to its own host. */

import { describe, expect, it } from 'vitest';
import type { ArtifactKind } from '../../src/model/artifact-kind.ts';
import type { Finding } from '../../src/model/finding.ts';
import { findingLinks, projectOf, remoteLinks } from '../../src/report/remote-links.ts';
import { SAMPLES } from '../support/sample-report.ts';

const ID = 'ab'.repeat(20);
const commitOf = (repository: string, gitlabUrl?: string, findings: readonly Finding[] = []): string | undefined =>
  remoteLinks({ repository, findings }, gitlabUrl)?.commit(ID);

describe('the address of the repository', () => {
  it.each([
    ['https://gitlab.com/group/project.git', 'https://gitlab.com/group/project/-/commit/'],
    ['https://gitlab.example.com/group/sub/project', 'https://gitlab.example.com/group/sub/project/-/commit/'],
    ['https://gitlab.example.com:8443/group/project.git', 'https://gitlab.example.com:8443/group/project/-/commit/'],
    ['ssh://gitlab.example.com/group/project.git', 'https://gitlab.example.com/group/project/-/commit/'],
    ['ssh://gitlab.example.com:22/group/project.git', 'https://gitlab.example.com/group/project/-/commit/'],
    ['https://our-gitlab.example.com/a/b', 'https://our-gitlab.example.com/a/b/-/commit/'],
    ['https://github.com/owner/name.git', 'https://github.com/owner/name/commit/'],
    ['ssh://github.com/owner/name.git', 'https://github.com/owner/name/commit/'],
  ])('%s has pages', (repository, prefix) => {
    expect(commitOf(repository)).toBe(prefix + ID);
  });

  it.each([
    'https://git.example.com/group/project.git',
    'https://notgitlab.example.com/group/project.git',
    'https://gitlab.com.example.org.:99999/group/project',
    'https://github.example.com/owner/name.git',
    'https://github.com/owner',
    'https://github.com/owner/name/more',
    'ssh://gitlab.example.com:2222/group/project.git',
    'http://gitlab.example.com/group/project.git',
    'git://gitlab.example.com/group/project.git',
    'https://user:password@gitlab.com/group/project.git',
    'https://gitlab.com/group/project.git?x=1',
    'https://gitlab.com/group/project.git#x',
    'https://gitlab.com/group/[MASKED]/project.git',
    'https://gitlab.com/group/../project/..',
    'https://gitlab.com/group/pro ject.git',
    'https://gitlab.com/group/project\u202e.git',
    'https://gitlab.com/group/project.wiki.git',
    'https://gitlab.com/snippets/12.git',
    'https://gitlab.com/project.git',
    'javascript:alert(1)//gitlab.com/group/project',
    '//gitlab.com/group/project',
    '',
  ])('%j has none', (repository) => {
    expect(commitOf(repository)).toBeUndefined();
  });

  it.each([
    ['https://git.example.com/group/project.git', 'https://git.example.com', 'https://git.example.com/group/project'],
    [
      'https://git.example.com/x/group/project.git',
      'https://git.example.com/x',
      'https://git.example.com/x/group/project',
    ],
    [
      'ssh://git.example.com:2222/group/project.git',
      'https://git.example.com:8443/x/',
      'https://git.example.com:8443/x/group/project',
    ],
    ['https://git.example.com:8443/a/b.git', 'https://git.example.com', undefined],
    ['https://other.example.com/a/b.git', 'https://git.example.com', undefined],
    ['https://git.example.com/a/b.git', 'http://git.example.com', undefined],
    ['https://git.example.com/a/b.git', 'no address', undefined],
  ])('%s in a CI job of %s', (repository, server, project) => {
    expect(commitOf(repository, server)).toBe(project && `${project}/-/commit/${ID}`);
  });

  it('is of GitLab if its job logs are', async () => {
    const { report } = await SAMPLES['logs']!();
    const job = report.findings[0]!.artifact.job!;
    const findings = [
      {
        ...report.findings[0]!,
        artifact: { ...report.findings[0]!.artifact, job: { ...job, server: 'https://git.example.com' } },
      },
    ];
    expect(commitOf('ssh://git.example.com/group/project.git', undefined, findings)).toContain(
      'https://git.example.com/group/project/-/commit/',
    );
  });

  it('names the project in titles', () => {
    expect(projectOf('ssh://gitlab.example.com/group/project.git')).toBe('group/project');
    expect(projectOf('https://gitlab.example.com/')).toBeUndefined();
  });
});

describe('a finding', () => {
  const links = remoteLinks({ repository: 'https://gitlab.com/group/project.git', findings: [] })!;

  it('leads to its line in the commit that introduced it, and to the commits', async () => {
    const { report } = await SAMPLES['history']!();
    const finding = report.findings.find(({ history }) => history?.removed !== undefined)!;
    const moved = { ...finding, artifact: { ...finding.artifact, path: finding.artifact.uri } };
    const { introduction, history } = finding;
    expect(findingLinks(links, moved)).toEqual({
      place: `https://gitlab.com/group/project/-/blob/${introduction!.commit}/old/name.yml#L3`,
      introduced: `https://gitlab.com/group/project/-/commit/${introduction!.commit}`,
      removed: `https://gitlab.com/group/project/-/commit/${history!.removed!.commit}`,
    });
    expect(findingLinks(undefined, moved)).toEqual({});
    // Not a file in a commit, and names that are only known as they are shown.
    const placeIn = (kind: ArtifactKind): string | undefined =>
      findingLinks(links, { ...moved, artifact: { ...moved.artifact, kind } }).place;
    expect([placeIn('object'), placeIn('tag-message')]).toEqual([undefined, undefined]);
    expect(placeIn('commit-message')).toBe(`https://gitlab.com/group/project/-/commit/${introduction!.commit}`);
    for (const uri of ['keys/[MASKED]', 'a%FF.yml'])
      expect(findingLinks(links, { ...moved, introduction: { ...introduction!, uri } }).place).toBeUndefined();
  });

  it.each([
    ['a b/#1?.yml', 'a%20b/%231%3F.yml'],
    ['größe.yml', 'gr%C3%B6%C3%9Fe.yml'],
    ['byte\udcff.yml', 'byte%FF.yml'],
    ['"><script>', '%22%3E%3Cscript%3E'],
  ])('escapes the path %j', (path, encoded) => {
    expect(links.file(ID, path, 7)).toBe(`https://gitlab.com/group/project/-/blob/${ID}/${encoded}#L7`);
  });

  it.each(['', '/etc/passwd', 'a/../b', './a', 'a//b'])('has no page for the path %j', (path) => {
    expect(links.file(ID, path)).toBeUndefined();
  });

  it('has no page for a text that is no commit', () => {
    expect(links.commit('main')).toBeUndefined();
    expect(links.file('HEAD', 'a')).toBeUndefined();
  });
});
