/** docs/gitlab-endpoints.md knows every request that is sent to a GitLab, and none that is not. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOMS = ['src/credentials', 'src/gitlab', 'src/job-logs', 'src/report', 'src/cli'];
const PAGE = readFileSync('docs/gitlab-endpoints.md', 'utf8');

interface Row {
  readonly method: string;
  readonly path: string;
  readonly files: readonly string[];
}

const ROWS: readonly Row[] = [...PAGE.matchAll(/^\| `(GET|POST|PUT|DELETE) (\/\S+)` +\| ([^|]+)\|/gm)].map(
  ([, method, path, files]) => ({
    method: method!,
    path: path!,
    files: [...files!.matchAll(/`(src\/[^`]+)`/g)].map(([, file]) => file!),
  }),
);

/** Addresses of Vault and of npm registries are not GitLab's; `/api/v4` alone is what paths are put behind. */
const IS_OTHER = /^\/v1\/|^\/\$\{name\.|^\/etc\/|^\/(?:api\/v4)?$|^\/api\/v4\$\{path\}$/;
/** What a template of a path looks like: slashes, words and values. */
const PATH =
  /(['"`])((?:\/|\$\{(?:path|list|SELF|owner)\}\/)(?:[\w.:~-]|\/|\$\{[^`]*?\}(?=[`/.]))*?(?:\?[^'"`]*)?)\1(?=[,;):\s}])/g;

interface Template {
  readonly path: string;
  /** Whether it is kept under a name, so that more may be put behind it. */
  readonly isBeginning: boolean;
}

/** Paths in a source file, as they are written there. */
function templatesOf(file: string): Template[] {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...text.matchAll(PATH)]
    .map((match) => ({
      path: match[2]!,
      isBeginning: /\bconst (?:path|owner|list) =[^;]*$/.test(text.slice(0, match.index)),
    }))
    .filter(({ path }) => /[a-z]{3}/.test(path) && !IS_OTHER.test(path));
}

/** Whether an endpoint is what a template makes. What comes before a path that is put together is not known. */
function fits({ path: template, isBeginning }: Template, endpoint: string): boolean {
  const [path = ''] = template.split('?');
  const pattern = path
    .split(/\$\{[^`]*?\}(?=[`/.]|$)/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^ ]+');
  const from = /^\/(?:api|oauth|dashboard)\b/.test(path) ? '^' : '';
  return new RegExp(`${from}${pattern}${isBeginning ? '(?:/|$)' : '$'}`).test(endpoint);
}

const ASKS = /\bclient\.(?:request|get|list|write|download)\(|\b(?:get|getWithOwnToken|tryGet)(?:\?\.)?\(/;
const FILES = ROOMS.flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name)),
).filter((file) => ASKS.test(readFileSync(file, 'utf8')) && !/vault/.test(file));

describe('the endpoints of GitLab', () => {
  it('are read from files that ask', () => {
    expect(FILES.length).toBeGreaterThan(20);
    expect(ROWS.length).toBeGreaterThan(40);
  });

  it.each(FILES)('%s asks for nothing that the page does not know', (file) => {
    const own = ROWS.filter(({ files }) => files.includes(file));
    for (const template of templatesOf(file))
      expect(
        own.some((row) => fits(template, row.path)),
        `${template.path} of ${file} has no row in docs/gitlab-endpoints.md`,
      ).toBe(true);
  });

  it.each(ROWS)('$method $path is asked for where the page says so', ({ method, path, files }) => {
    expect(files.length).toBeGreaterThan(0);
    // The last word of the path is in each file that asks for it, and so does its method.
    const last = path.split(/[/.]/).findLast((part) => part !== '' && !part.startsWith(':'))!;
    for (const file of files) {
      expect(existsSync(file), file).toBe(true);
      const text = readFileSync(file, 'utf8');
      expect(text, `${file} does not ask for ${last}`).toContain(last);
      if (method !== 'GET') expect(text, `${file} asks for nothing by ${method}`).toContain(`'${method}'`);
    }
  });
});
