/**
 * Every CI file that this project runs, ships, writes or documents fits the schema that GitLab and GitHub publish for editors.
 * check-jsonschema carries these schemas; CI installs it.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMPONENT } from '../../scripts/plain-include.ts';
import { blocksIn } from '../support/documented.ts';
import { glaive, DIST } from '../support/run-cli.ts';
import { git, tempFolder, tempRepository } from '../support/temp-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const CHECKER = process.env['CHECK_JSONSCHEMA'] ?? 'check-jsonschema';
const isThere = spawnSync(CHECKER, ['--version']).status === 0;

type Schema = 'gitlab-ci' | 'github-workflows' | 'github-actions';

/** Names of texts that do not fit, with the reasons. */
function misfits(schema: Schema, texts: ReadonlyMap<string, string>): string {
  const folder = tempFolder();
  const files = [...texts].map(([name, text]) => {
    const file = join(folder, `${name.replaceAll(/[^\w.-]/g, '_')}.yml`);
    writeFileSync(file, text);
    return file;
  });
  const { status, stdout, stderr } = spawnSync(CHECKER, ['--builtin-schema', `vendor.${schema}`, ...files], {
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** The two documents of a component: its head, and its jobs with the defaults of the inputs. */
function partsOf(component: string): { readonly head: string; readonly jobs: string } {
  const [head = '', jobs = ''] = component.split(/^---\n/m);
  const { spec } = parse(head) as { spec: { inputs: Record<string, { default: unknown }> } };
  return {
    head,
    jobs: jobs.replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => String(spec.inputs[name]!.default)),
  };
}

/** The YAML blocks of the documents, by what they are. */
function documented(): Readonly<Record<'pipelines' | 'workflows', ReadonlyMap<string, string>>> {
  const pipelines = new Map<string, string>();
  const workflows = new Map<string, string>();
  const paths = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => join('docs', name))];
  for (const path of paths.filter((name) => name.endsWith('.md')))
    for (const { language, code, line } of blocksIn(read(path))) {
      if (language !== 'yaml') continue;
      const keys = Object.keys(parse(code) as object);
      // Configurations of hook managers are neither pipelines nor workflows.
      if (keys.includes('on')) workflows.set(`${path}:${line}`, code);
      else if (!keys.includes('repos') && !keys.some((key) => /^(?:pre|commit)-/.test(key)))
        pipelines.set(`${path}:${line}`, code);
    }
  return { pipelines, workflows };
}

/** What `glaive init` writes into a new repository. */
async function initialised(ci: string, origin: string, ...flags: readonly string[]): Promise<string> {
  const root = tempRepository({ 'a.txt': 'x\n' });
  git(root, 'remote', 'add', 'origin', origin);
  expect((await glaive(['init', '--yes', '--hooks', 'none', '--ci', ci, ...flags], { cwd: root })).code).toBe(0);
  return readFileSync(join(root, ci === 'gitlab' ? '.gitlab-ci.yml' : '.github/workflows/glaive.yml'), 'utf8');
}

const SINGLE = ['--single-file', join(DIST, 'glaive.cjs')];
const SELF_MANAGED = 'https://gitlab.example.com/g/p.git';

describe.skipIf(!isThere)('the schema of GitLab CI', { timeout: 120_000 }, () => {
  it('fits the components, their plain form, the own pipeline, and what glaive init writes', async () => {
    const texts = new Map(
      ['templates/glaive.yml', 'templates/plain/glaive.yml', 'templates/with-token.yml', '.gitlab-ci.yml'].map(
        (path) => [path, path === COMPONENT ? partsOf(read(path)).jobs : read(path)],
      ),
    );
    texts.set('head of the component', partsOf(read(COMPONENT)).head);
    texts.set('init', await initialised('gitlab', SELF_MANAGED));
    texts.set('init on GitLab.com', await initialised('gitlab', 'https://gitlab.com/g/p.git'));
    texts.set('init with the single file', await initialised('gitlab', SELF_MANAGED, ...SINGLE));
    expect(misfits('gitlab-ci', texts)).toBe('');
  });

  it('fits every pipeline in the documents', () => {
    const { pipelines } = documented();
    expect(pipelines.size).toBeGreaterThan(5);
    expect(misfits('gitlab-ci', pipelines)).toBe('');
  });

  it('does not fit a mistake', () => {
    const { jobs } = partsOf(read(COMPONENT));
    expect(misfits('gitlab-ci', new Map([['broken', jobs.replace('expire_in:', 'expires:')]]))).toContain('expires');
  });
});

describe.skipIf(!isThere)('the schemas of GitHub', { timeout: 120_000 }, () => {
  it('fit the action, and the workflows of glaive init and of the documents', async () => {
    expect(misfits('github-actions', new Map([['action', read('action.yml')]]))).toBe('');
    const { workflows } = documented();
    expect(workflows.size).toBeGreaterThan(1);
    const init = [await initialised('github', SELF_MANAGED), await initialised('github', SELF_MANAGED, ...SINGLE)];
    const all = new Map([...workflows, ...init.map((text, at): [string, string] => [`init ${at}`, text])]);
    const folder = join('.github', 'workflows');
    for (const name of existsSync(join(ROOT, folder)) ? readdirSync(join(ROOT, folder)) : [])
      all.set(name, read(join(folder, name)));
    expect(misfits('github-workflows', all)).toBe('');
  });
});
