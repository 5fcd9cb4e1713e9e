/**
 * GLAIVE_SOURCE: where the jobs of the component get glaive. Each kind is set as an administrator sets it, as a variable that has
 * precedence over those of the jobs, and the job is run.
 */

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listen } from '../support/listen.ts';
import { hasRsync, jobsOf, type Project, project, gitlabCiLocal } from '../support/pipelines.ts';
import { CLI, type Ran } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const SCHEDULE = { CI_PIPELINE_SOURCE: 'schedule' };
/** Replaces the executable: says that it runs, and in which image it would. */
const PROGRAM = `#!/bin/sh\necho "started in $GLAIVE_RUNS_IN" >&2\nexec node '${CLI}' "$@"\n`;
const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** A project whose pipeline has one job of glaive, and a program for it. */
function scheduled(): Project {
  const made = project({ 'program.sh': PROGRAM, 'a.txt': 'clean\n' }, { mode: 'history', source: '/not/this/one' });
  chmodSync(join(made.cwd, 'program.sh'), 0o755);
  return made;
}

const textOf = ({ stdout, stderr }: Ran): string => stdout + stderr;

describe.skipIf(!hasRsync)('GLAIVE_SOURCE', { timeout: 120_000 }, () => {
  it('an image: its own program runs', async () => {
    const bin = tempFolder();
    writeFileSync(join(bin, 'glaive'), PROGRAM, { mode: 0o755 });
    const GLAIVE_SOURCE = `registry.example.com/sec/glaive:1.0@sha256:${'0a'.repeat(32)}`;
    const { pipeline } = scheduled();
    const ran = await pipeline({ ...SCHEDULE, GLAIVE_SOURCE }, { PATH: `${bin}:${process.env['PATH']}` });
    expect(jobsOf(ran)).toEqual(['PASS glaive-history']);
    expect(textOf(ran)).toContain(`started in ${GLAIVE_SOURCE}`);
  });

  it('an image: the one that a container is started from', async () => {
    const bin = tempFolder();
    const calls = join(bin, 'calls');
    writeFileSync(join(bin, 'docker'), `#!/bin/sh\necho "$*" >> '${calls}'\nexit 1\n`, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const { cwd } = scheduled();
    await gitlabCiLocal(cwd, [], { ...SCHEDULE, GLAIVE_SOURCE: 'registry.example.com/sec/glaive:1.0' }, env);
    await gitlabCiLocal(cwd, [], { ...SCHEDULE, GLAIVE_SOURCE: 'npm:glaive@1.0.0' }, env);
    const images = readFileSync(calls, 'utf8').match(/\S+:[\d.]+(?=\s|$)/gm);
    expect([...new Set(images)]).toEqual(['registry.example.com/sec/glaive:1.0', 'node:22']);
  });

  it('a path: in the image of the jobs, which GLAIVE_IMAGE names', async () => {
    const { pipeline } = scheduled();
    const ran = await pipeline({ ...SCHEDULE, GLAIVE_SOURCE: './program.sh', GLAIVE_IMAGE: 'own/image:3' });
    expect(jobsOf(ran)).toEqual(['PASS glaive-history']);
    expect(textOf(ran)).toContain('started in own/image:3');
  });

  it('an address: downloaded, and started only if its checksum is right', async () => {
    const { url } = await listen((_, response) => response.end(PROGRAM));
    const { pipeline } = scheduled();
    const ran = await pipeline({ ...SCHEDULE, GLAIVE_SOURCE: `${url}/glaive#sha256=${sha256(PROGRAM)}` });
    expect(jobsOf(ran)).toEqual(['PASS glaive-history']);
    expect(textOf(ran)).toContain('started in node:22');
    const wrong = await pipeline({ ...SCHEDULE, GLAIVE_SOURCE: `${url}/glaive#sha256=${sha256('other')}` });
    expect(jobsOf(wrong)).toEqual(['FAIL glaive-history']);
    expect(textOf(wrong)).toContain(`is not started: its checksum is ${sha256(PROGRAM)}`);
    expect(textOf(wrong)).not.toContain('started in');
  });

  it('a package: of the registry that it names', async () => {
    const folder = tempFolder();
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'glaive', version: '7.0.0', bin: { glaive: 'program.cjs' } }),
    );
    const program = `#!/usr/bin/env node\nconsole.error('started in', process.env.GLAIVE_RUNS_IN);\nrequire('${CLI}');\n`;
    writeFileSync(join(folder, 'program.cjs'), program, { mode: 0o755 });
    const packed = await runProgram('npm', ['pack', '--silent'], { cwd: folder, env: { HOME: tempFolder() } });
    const tarball = readFileSync(join(folder, packed.stdout.trim()));
    const { url } = await listen((request, response) => {
      if (request.url === '/glaive')
        response.end(
          JSON.stringify({
            name: 'glaive',
            'dist-tags': { latest: '7.0.0' },
            versions: {
              '7.0.0': {
                name: 'glaive',
                version: '7.0.0',
                bin: { glaive: 'program.cjs' },
                dist: {
                  tarball: `${url}/glaive.tgz`,
                  integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
                },
              },
            },
          }),
        );
      else if (request.url === '/glaive.tgz') response.end(tarball);
      else response.writeHead(404).end();
    });
    const { pipeline } = scheduled();
    const ran = await pipeline({ ...SCHEDULE, GLAIVE_SOURCE: `npm:glaive@7.0.0#registry=${url}/` });
    expect(jobsOf(ran)).toEqual(['PASS glaive-history']);
    expect(textOf(ran)).toContain('started in node:22');
  });
});

describe('the script that gets glaive', () => {
  const component = readFileSync(join(import.meta.dirname, '..', '..', 'templates', 'glaive.yml'), 'utf8');
  const [, script = ''] = /before_script:\n {4}- \|\n((?: {6}.*\n)+)/.exec(component) ?? [];
  const run = (folder: string, GLAIVE_SOURCE: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    runProgram('sh', ['-ec', `${script}\nglaive --version`], { cwd: folder, env: { GLAIVE_SOURCE, ...env } });

  it('checks a file in the job, too, and starts the single file with Node', async () => {
    const folder = tempFolder();
    symlinkSync(CLI, join(folder, 'glaive.cjs'));
    const source = `./glaive.cjs#sha256=${sha256(readFileSync(CLI))}`;
    expect(await run(folder, source)).toMatchObject({ code: 0, stderr: '' });
  });

  it('downloads into the folder of the runner for the project, so that nothing piles up', async () => {
    const [folder, temporary] = [tempFolder(), tempFolder()];
    const { url } = await listen((_, response) => response.end(PROGRAM));
    const env = { RUNNER_TEMP_PROJECT_DIR: temporary };
    for (const name of ['one', 'two'])
      expect((await run(folder, `${url}/${name}#sha256=${sha256(PROGRAM)}`, env)).code).toBe(0);
    expect(readdirSync(temporary, { recursive: true })).toEqual(['glaive', join('glaive', 'two')]);
  });

  it.each([
    ['registry.example.com/glaive:1.0', /there is no program glaive here/],
    ['/no/such/glaive', /\/no\/such\/glaive is not there/],
    ['./a.cjs#sha512=x', /neither #sha256= nor #registry=/],
    [`./a.cjs#sha256=${sha256('other')}`, /\.\/a\.cjs is not started: its checksum is/],
    ['URL/a', /an address needs #sha256=/],
    [`URL/gone#sha256=${sha256('')}`, /URL\/gone cannot be downloaded/],
    [`URL/a#sha256=${sha256('other')}`, /URL\/a is not started: its checksum is/],
    ['URL/a#sha256=abc', /#sha256= needs 64 hexadecimal digits/],
    [`npm:glaive@1.0.0#sha256=${sha256('other')}`, /npm: takes #registry= only/],
    ['./a.cjs#registry=URL/', /#registry= is for npm: only/],
    ['./no-rights', /\.\/no-rights may not be executed/],
    ['.', /there is no program glaive here/],
    ['./sub', /\.\/sub is not there/],
    ['./$(touch ran)', /\.\/\$\(touch ran\) is not there/],
    ['./a"; touch ran; "', /touch ran; " is not there/],
    ['npm:glaive@8.0.0#registry=URL/', /npm cannot install glaive@8\.0\.0/],
  ])('%s: it ends with 2, and says why', async (source, message) => {
    const folder = tempFolder();
    writeFiles(folder, { 'a.cjs': 'process.exit(0)\n', 'no-rights': '#!/bin/sh\n', 'sub/a': '' });
    const { url } = await listen((request, response) => response.writeHead(request.url === '/a' ? 200 : 404).end('x'));
    const { code, stderr } = await run(folder, source.replace('URL', url), { HOME: tempFolder() });
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n').at(-1)?.replace(url, 'URL')).toMatch(
      new RegExp(`^glaive: .*${message.source}`),
    );
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('takes a checksum in capitals, a line break at the end, and an address with a query or without a name', async () => {
    const { url } = await listen((_, response) => response.end(PROGRAM));
    const sum = sha256(PROGRAM);
    for (const source of [
      `/a#sha256=${sum.toUpperCase()}`,
      `/a#sha256=${sum}\r\n`,
      `/raw?ref=a/b#sha256=${sum}`,
      `/a/#sha256=${sum}`,
    ])
      expect(await run(tempFolder(), url + source), source).toMatchObject({ code: 0 });
  });

  it.each([
    ['HOST/gone?private_token=PASS#sha256=SUM', /HOST\/gone cannot be downloaded/],
    ['USER:PASS@HOST/@a/gone#sha256=SUM', /HOST\/@a\/gone cannot be downloaded/],
    ['USER:PASS@HOST/a#sha256=SUM', /HOST\/a is not started/],
    ['USER:PASS@HOST/a#sha256 SUM', /neither/],
    ['npm:USER:PASS@HOST/gone.tgz', /npm cannot install http:\/\/HOST\/gone\.tgz/],
    ['npm:@a/glaive@1#registry=USER:PASS@HOST/', /npm cannot install @a\/glaive@1 /],
  ])('%s: the password is in no message', async (source, message) => {
    const { url } = await listen((request, response) => response.writeHead(request.url === '/a' ? 200 : 404).end('x'));
    const pass = `p${sha256(url).slice(0, 12)}`;
    const host = new URL(url).host;
    const made = source
      .replace(/(?=USER|^HOST)/, 'http://')
      .replace('HOST', host)
      .replace('USER', 'user')
      .replace('PASS', pass)
      .replace('SUM', sha256('other'));
    const { code, stdout, stderr } = await run(tempFolder(), made, { HOME: tempFolder() });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(pass);
    expect(stderr.replaceAll(host, 'HOST')).toMatch(message);
  });
});
