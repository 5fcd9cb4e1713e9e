/** `glaive fleet plan --gitlab-url`, against a GitLab that behaves well and badly. */

import { describe, expect, it } from 'vitest';
import { itemKey } from '../../../src/fleet/key.ts';
import { type FakeInstance, fakeInstance, type FakeProject, json } from '../../support/fake-instance.ts';
import { type Planned, planned } from '../../support/planned.ts';
import { tokenMint } from '../../support/scan-report.ts';

/** glaive's own. */
const OWN = tokenMint(79)();

async function plan(
  fake: FakeInstance,
  args: readonly string[] = [],
  env = { GLAIVE_GITLAB_TOKEN: OWN },
): Promise<Planned> {
  const made = await planned(['--gitlab-url', fake.url, ...args], { env });
  expect(made.stdout + made.stderr + JSON.stringify(made.plan)).not.toContain(OWN);
  return made;
}

const many = (count: number, path = 'group/project'): FakeProject[] =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, path: `${path}-${index + 1}` }));
const gapsOf = ({ plan: made }: Planned): string[] =>
  (made?.head.gaps ?? []).map(({ uri, message }) => `${uri}: ${message}`);

describe('what is listed', () => {
  it('all projects that the token sees, with what GitLab says of them', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = [
      { id: 1, path: 'a/base', size: 2_000_000, activity: '2026-11-01T00:00:00Z' },
      { id: 2, path: 'b/fork', parent: 1, size: 1_000_000 },
      { id: 3, path: 'b/fork-of-fork', parent: 2 },
      { id: 4, path: 'c/alone', parent: 99, archived: true },
      { id: 5, path: 'c/empty', empty: true },
      { id: 6, path: 'c/none', repository: 'disabled' },
    ];
    const made = await plan(fake);
    expect([made.code, made.stderr]).toEqual([0, '']);
    const key = (project: number): string => itemKey({ kind: 'gitlab', server: fake.url, project });
    const network = key(1);
    const at = (path: string): object => ({ path, url: `${fake.url}/${path}.git`, web: `${fake.url}/${path}` });
    expect(made.items.toSorted((a, b) => a.project! - b.project!)).toEqual([
      { key: key(1), project: 1, ...at('a/base'), size: 2_000_000, network },
      { key: key(2), project: 2, ...at('b/fork'), size: 1_000_000, network },
      { key: key(3), project: 3, ...at('b/fork-of-fork'), network },
      { key: key(4), project: 4, ...at('c/alone'), isArchived: true },
      { key: key(5), project: 5, path: 'c/empty', web: `${fake.url}/c/empty`, nothing: 'empty' },
      { key: key(6), project: 6, path: 'c/none', web: `${fake.url}/c/none`, nothing: 'no-repository' },
    ]);
    expect(made.plan!.head.source).toEqual({ kind: 'gitlab', url: fake.url, groups: [], projects: [] });
    expect(made.stdout).toMatch(/2 forks, or members of a pool\n +1 empty\n +1 without a repository\n +4 to sweep/);
  });

  it('every page, whatever the number of projects', async () => {
    for (const count of [99, 100, 101, 250]) {
      const fake = await fakeInstance(OWN);
      fake.projects = many(count);
      expect((await plan(fake)).items.length).toBe(count);
      expect(fake.calls.length).toBeLessThanOrEqual(Math.ceil(count / 100) + 2);
    }
  });

  it('also where a proxy removes the links to next pages', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = many(250);
    fake.intercept = (_, response) => {
      response.setHeader = () => response;
      return false;
    };
    expect((await plan(fake)).items.length).toBe(250);
  });

  it('the projects of groups and single ones, each once', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = [...many(3, 'team/app'), { id: 10, path: 'team/sub/x' }, { id: 11, path: 'other/y' }];
    const made = await plan(fake, [
      '--group',
      'team',
      '--group',
      'team/sub',
      '--project',
      'other/y',
      '--project',
      '10',
    ]);
    expect([made.code, made.names.length, new Set(made.names).size]).toEqual([0, 5, 5]);
    expect(fake.calls.some((url) => url.startsWith('/api/v4/projects?'))).toBe(false);
    expect(fake.calls[0]).toMatch(/^\/api\/v4\/groups\/team\/projects\?.*include_subgroups=true&with_shared=false/);
  });

  it('of a group behind the last page by number: from the list of all projects', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = [...many(450, 'Team/app'), { id: 999, path: 'teams/other' }];
    fake.offsetLimit = 300;
    const made = await plan(fake, ['--group', 'Team']);
    expect([made.code, made.items.length]).toEqual([0, 450]);
  });

  it('of a group, though one is deleted between two pages', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = many(250, 'team/app');
    let asked = 0;
    fake.intercept = () => {
      if (++asked === 2) fake.projects = fake.projects.filter(({ id }) => id !== 5);
      return false;
    };
    const { items } = await plan(fake, ['--group', 'team']);
    expect(items.filter(({ project }) => project !== 5).length).toBe(249);
  });

  it('without what the filters leave out, which is counted', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = [
      { id: 1, path: 'a/one' },
      { id: 2, path: 'a/old', archived: true },
      { id: 3, path: 'b/fork', parent: 1 },
      { id: 4, path: 'a/archive/x' },
    ];
    const made = await plan(fake, ['--archived', 'no', '--forks', 'no', '--skip', 'a/archive/*']);
    expect([made.code, made.names]).toEqual([0, ['a/one']]);
    for (const why of ['left out by --skip', 'archived', 'forks'])
      expect(made.stdout).toContain(`1 not in the plan: ${why}\n`);
  });

  it('is asked for by name: not everything of a GitLab that CI names', async () => {
    const fake = await fakeInstance(OWN);
    const { code, stderr } = await planned([], { env: { CI_SERVER_URL: fake.url } });
    expect([code, fake.calls.length]).toEqual([2, 0]);
    expect(stderr).toContain('plan needs --disk, --from, --group, --project or --gitlab-url');
  });

  it('without statistics, if the server refuses them', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = many(120);
    fake.intercept = (_, response, url) => {
      if (url.searchParams.get('statistics') !== 'true') return false;
      json(response, 403, { message: '403 Forbidden' });
      return true;
    };
    const made = await plan(fake);
    expect([made.code, made.items.length]).toEqual([0, 120]);
  });

  it('without a token: public projects, and a note', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = [{ id: 1, path: 'a/b', fields: { archived: undefined, empty_repo: undefined } }];
    const made = await planned(['--gitlab-url', fake.url]);
    expect([made.code, made.names]).toEqual([0, ['a/b']]);
    expect(made.stderr).toContain('note: there is no token');
  });
});

describe('what cannot be listed', () => {
  it('is a gap: groups and projects that are refused, or not there', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = [
      { id: 1, path: 'open/a' },
      { id: 2, path: 'closed/b' },
    ];
    fake.forbidden = ['closed'];
    const made = await plan(fake, ['--group', 'open', '--group', 'closed', '--group', 'none', '--project', 'x/y']);
    expect([made.code, made.names]).toEqual([2, ['open/a']]);
    expect(gapsOf(made)).toEqual([
      'group closed: the token may not do that',
      'group none: not found, or the token may not see it',
      'project x/y: not found, or the token may not see it',
    ]);
    expect(made.stdout).toContain('This plan is not complete');
  });

  it.each<[name: string, answer: (response: Parameters<typeof json>[0]) => void, message: RegExp]>([
    [
      'a page that is cut',
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('[{"id":1'),
      /the list ends after 100 projects: the response is not JSON/,
    ],
    [
      'a page of a proxy',
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      /the list ends after 100 projects: the response is a web page/,
    ],
    [
      'an error',
      (response) => json(response, 403, { message: '403 Forbidden' }),
      /the list ends after 100 projects: the token may not do that/,
    ],
  ])('is a gap: %s in the middle', async (_, answer, message) => {
    const fake = await fakeInstance(OWN);
    fake.projects = many(250);
    fake.intercept = (_request, response, url) => {
      if (url.searchParams.get('id_after') !== '100') return false;
      answer(response);
      return true;
    };
    const made = await plan(fake);
    expect([made.code, made.items.length]).toEqual([2, 100]);
    expect(gapsOf(made)).toEqual([expect.stringMatching(message)]);
  });

  it('is a gap: projects that GitLab lists in another form', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = [...many(2), { id: 3, path: 'x/y', fields: { path_with_namespace: 7 } }];
    const made = await plan(fake);
    expect([made.code, made.items.length]).toEqual([2, 2]);
    expect(gapsOf(made)[0]).toContain('GitLab listed 1 project in a form that glaive does not know');
  });

  it('is a gap: repositories on a host that was not approved', async () => {
    const fake = await fakeInstance(OWN);
    const origin = 'https://git.example.com';
    fake.projects = [...many(2), ...many(3).map(({ id, path }) => ({ id: id + 10, path: `${path}-far`, origin }))];
    fake.projects.push({ id: 30, path: 'a/b', origin: 'http://user:hunter2@localhost' });
    const made = await plan(fake);
    expect([made.code, made.items.length]).toEqual([2, 2]);
    expect(made.plan!.head.gaps).toMatchObject([
      {
        message: expect.stringContaining(`3 projects are at ${origin}`),
        hint: expect.stringContaining(origin),
        count: 3,
      },
      { message: expect.stringContaining('no https:// address') },
    ]);
    expect(JSON.stringify(made.plan)).not.toContain('hunter2');
  });

  it('is no plan at all if the token ends in the middle', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = many(250);
    fake.intercept = (_request, response, url) => {
      if (url.searchParams.get('id_after') !== '100') return false;
      json(response, 401, {
        error: 'invalid_token',
        error_description: 'Token was revoked. You have to re-authorize from the user.',
      });
      return true;
    };
    const made = await plan(fake);
    expect([made.code, made.plan]).toEqual([2, undefined]);
    expect(made.stderr).toContain('the token was revoked');
    expect(made.stderr).toContain('No plan was written');
  });

  it('waits when the server asks for a pause', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = many(150);
    let refused = 0;
    fake.intercept = (_, response) => {
      if (refused++ !== 1) return false;
      response.setHeader('retry-after', '1');
      json(response, 429, { message: { error: 'This endpoint has been requested too many times. Try again later.' } });
      return true;
    };
    const made = await plan(fake);
    expect([made.code, made.items.length]).toEqual([0, 150]);
    expect(made.stderr).toContain('the server asks for a pause; retrying in 1 s');
  });

  it('is a gap: nothing at all', async () => {
    const fake = await fakeInstance(OWN);
    const made = await plan(fake);
    expect([made.code, made.items.length]).toEqual([2, 0]);
    expect(made.stderr).toContain('GitLab lists no project');
  });

  it('is a gap: a project that has moved, with the way out', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = many(7);
    fake.intercept = (_, response, url) => {
      if (!url.pathname.includes('old')) return false;
      response.writeHead(301, { location: `${fake.url}/api/v4/projects/7` }).end();
      return true;
    };
    const made = await plan(fake, ['--project', 'group/old', '--project', '7']);
    expect([made.code, made.names]).toEqual([2, ['group/project-7']]);
    expect(made.plan!.head.gaps).toEqual([
      { uri: 'project group/old', message: 'the project has moved', hint: 'Name it by its id, or by its new path.' },
    ]);
  });

  it('shows no control characters of a server', async () => {
    const fake = await fakeInstance(OWN);
    fake.projects = [{ id: 1, path: 'a/\u001b[31mred' }];
    const made = await plan(fake);
    expect(made.stdout + made.stderr).not.toContain('\u001b[31m');
  });
});
