/** The house rules that a machine can check (ARCHITECTURE.md says why they are there). */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLOORS } from './support/floors.ts';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

interface SourceFile {
  /** Relative to `src`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files: SourceFile[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .map((path) => {
    const text = readFileSync(join(src, path), 'utf8');
    const statement = /^(?:import|export)\s(?:[^'";]*\sfrom\s+)?'([^'\s]+)'|\bimport\('([^'\s]+)'\)/gm;
    const imports = [...text.matchAll(statement)].map((match) => (match[1] ?? match[2])!);
    return { path, text, imports };
  });

/** The list of credential types imports those, and so belongs to their room. */
const roomOf = (path: string): string =>
  path === 'generated/credential-types.ts' ? 'credentials' : path.split('/')[0]!;
const floorOf = (path: string): number => FLOORS.findIndex((rooms) => rooms.includes(roomOf(path)));
const targetOf = (from: string, specifier: string): string => normalize(join(dirname(from), specifier));
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'])\/\/.*$/gm, '$1');

describe('directions', () => {
  it('every room has its floor', () => {
    expect(files.filter(({ path }) => floorOf(path) < 0).map(({ path }) => path)).toEqual([]);
  });

  it('imports lead down, or stay in the room; stage folders never import each other', () => {
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => targetOf(path, specifier))
        .filter((target) => roomOf(target) !== roomOf(path) && floorOf(target) <= floorOf(path))
        .map((target) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('there is no circle of files, imports of types included', () => {
    const graph = new Map(
      files.map(({ path, imports }) => [
        path,
        imports.filter((specifier) => specifier.startsWith('.')).map((specifier) => targetOf(path, specifier)),
      ]),
    );
    expect(circlesOf(graph)).toEqual([]);
    // The search itself: two circles that share a file are one.
    expect(
      circlesOf(
        new Map([
          ['a', ['b']],
          ['b', ['c', 'd']],
          ['c', ['a']],
          ['d', ['b', 'e']],
          ['e', []],
        ]),
      ),
    ).toEqual(['a <-> b <-> c <-> d']);
  });

  it('the terminal side never reaches past the main path into detection and triage', () => {
    const wrong = files.filter(
      ({ path, imports }) =>
        roomOf(path) === 'cli' && imports.some((to) => ['detect', 'triage'].includes(roomOf(targetOf(path, to)))),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('model imports model only, and lib knows nothing of glaive', () => {
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => (roomOf(path) === 'model' ? roomOf(targetOf(path, specifier)) !== 'model' : false))
        .concat(
          imports.filter(
            (specifier) =>
              roomOf(path) === 'lib' && specifier.startsWith('.') && roomOf(targetOf(path, specifier)) !== 'lib',
          ),
        )
        .map((specifier) => `${path} -> ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

/** The circles of a graph: the members of each strongly connected component of more than one node (Tarjan). */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[] = [];
  const visit = (node: string): number => {
    order.set(node, order.size);
    let low = order.get(node)!; // set above
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, order.get(next)!); // it was visited
    }
    if (low === order.get(node)) {
      const members = open.splice(open.indexOf(node));
      if (members.length > 1) circles.push(members.join(' <-> '));
    }
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles;
}

describe('one door for each thing', () => {
  /** Which files use something, in code and not in comments. */
  const users = (pattern: RegExp): string[] =>
    files.filter(({ text }) => pattern.test(code(text))).map(({ path }) => path);

  it('only main.ts touches process', () => {
    expect(users(/\bprocess[.[]/)).toEqual(['main.ts']);
    expect(users(/node:process/)).toEqual([]);
  });

  it('only git/ starts processes, what wraps a command, and the supervisor of sweeps', () => {
    expect(users(/node:child_process/).toSorted()).toEqual([
      // Sweeps that a limit can end with everything that they have started, and that may die alone.
      'fleet/child.ts',
      'git/spawn.ts',
      'lib/wrapped-command.ts',
    ]);
    expect(users(/node:worker_threads/)).toEqual(['scan/detector-thread.ts', 'history/packs/pack-thread.ts']);
  });

  it('one file opens sockets', () => {
    expect(users(/node:(?:http|https|http2|net|tls|dgram|dns)\b|\bfetch\(|undici/)).toEqual(['http/network.ts']);
  });

  it('each package is known to one file', () => {
    const owners = new Map<string, Set<string>>();
    for (const { path, imports } of files) {
      for (const specifier of imports) {
        if (/^[./]|^node:/.test(specifier)) continue;
        owners.set(specifier, (owners.get(specifier) ?? new Set()).add(path));
      }
    }
    const inOrder = (lists: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
      Object.fromEntries(Object.entries(lists).map(([name, paths]) => [name, paths.toSorted()]));
    const listed = Object.fromEntries([...owners].map(([name, paths]) => [name, [...paths]]));
    const expected = {
      '@clack/prompts': ['cli/commands/triage/prompts.ts'],
      bullmq: ['fleet/queue/bullmq.ts'],
      'fast-glob': ['lib/glob.ts'],
      ignore: ['lib/path-patterns.ts'],
      // It has its own sockets, and so has bullmq for PostgreSQL.
      ioredis: ['fleet/queue/redis.ts'],
      picocolors: ['lib/color.ts'],
      piscina: ['lib/pool.ts'],
      'recheck/lib/browser.js': ['lib/pattern-check.ts'],
      sarif: ['report/sarif.ts'],
      'simple-git': ['git/remote.ts'],
      'smol-toml': ['lib/toml.ts'],
      'tar-stream': ['sources/archives/tar.ts'],
      // A schema is written in it.
      valibot: [
        'config/schema.ts',
        'fleet/attempt.ts',
        'fleet/plan.ts',
        'fleet/since-last.ts',
        'gitlab/jobs.ts',
        'gitlab/own-token.ts',
        'gitlab/projects.ts',
        'rules/schema.ts',
        'fleet/merge/fold.ts',
        'fleet/merge/notify/issues.ts',
        'fleet/merge/notify/news.ts',
        'fleet/merge/read-report.ts',
        'fleet/merge/rows.ts',
        'report/readers/glaive.ts',
      ],
      'vscode-languageserver': ['editor/protocol.ts'],
      'vscode-languageserver-textdocument': ['editor/protocol.ts'],
      'vscode-languageserver/node': ['editor/protocol.ts'],
      yaml: ['lib/yaml-document.ts'],
      yauzl: ['sources/archives/zip.ts'],
    };
    expect(inOrder(listed)).toEqual(inOrder(expected));
  });

  it('secrets are revealed only where a test or a fingerprint is made of them', () => {
    expect(users(/\.reveal\(/).toSorted()).toEqual([
      // Sends the request that revokes or replaces it.
      'credentials/remediation.ts',
      // Asks the issuer about it.
      'credentials/verification-stage.ts',
      // A thread hands it to another.
      'detect/threads/protocol.ts',
      // Distinguishes two tokens with the same prefix.
      'detect/tokens/instance-prefix.ts',
      // With --raw-secrets only.
      'report/gitlab.ts',
      // Recognises what another tool has found.
      'scan/reclassify.ts',
      'triage/fingerprint.ts',
      // Parses it, for its type and its comment.
      'triage/private-key.ts',
    ]);
  });
});

describe('style', () => {
  it('every file opens by saying what room it is', () => {
    expect(files.filter(({ text }) => !/^(?:#!.*\n)?\/\*\*/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('files stay small, or say why they do not', () => {
    const long = files.filter(({ text }) => text.split('\n').length > 300 && !text.includes('Why this file is long:'));
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('no default export, no enum, no star re-export, no mutable module state', () => {
    const wrong = files.flatMap(({ path, text }) =>
      [/^export default/m, /^(?:export )?(?:const )?enum\b/m, /^export \* from/m, /^(?:export )?let\b/m, /^var\b/m]
        .filter((pattern) => pattern.test(code(text)))
        // An instance of WebAssembly has its globals to itself.
        .filter((pattern) => !(path.includes('/assembly/') && pattern.source.includes('let')))
        .map((pattern) => `${path}: ${pattern.source}`),
    );
    expect(wrong).toEqual([]);
  });

  it('no left-over markers', () => {
    const wrong = files.filter(({ text }) => /\b(?:TODO|FIXME|XXX|HACK)\b/.test(text)).map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});

describe('the repository', () => {
  const tracked = ['rules', 'scripts', 'src', 'test', 'docs', 'schema']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
    )
    .concat(readdirSync(root).filter((name) => /\.(?:md|json|yml|ts|mjs)$/.test(name)))
    .filter((path) => /\.(?:md|json|yml|ts|mjs|toml|txt|sarif|jsonl)$/.test(path));

  it('holds nothing token-shaped, and no path of a machine', () => {
    const shape =
      /gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt|rct|sat)-[A-Za-z0-9_-]{20}|GR1348941[A-Za-z0-9_-]{20}/;
    const place = new RegExp(`/(?:${['w0rk', 'r00t', 'h0me/[a-z]+'].join('|').replaceAll('0', 'o')})/`);
    const wrong = tracked.filter((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return shape.test(text) || place.test(text);
    });
    expect(wrong).toEqual([]);
  });
});
