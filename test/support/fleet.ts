/**
 * A storage as Gitaly keeps it, with the truth of what leaked where: hashed places, object pools with members, unrelated
 * repositories, empty ones. Written object by object, because two thousand repositories made by git would take minutes.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Random, routableToken } from './mint.ts';
import { git } from './temp-folder.ts';

export interface FleetOptions {
  readonly seed: number;
  /** Repositories besides pools and members of pools. */
  readonly alone: number;
  readonly pools?: number;
  /** Members of each pool. */
  readonly members?: number;
  /** Commits of a pool, or of a repository alone at most. */
  readonly commits?: number;
  /** How many of the repositories and members get a leak of their own. */
  readonly leaks: number;
  /** How many of all are packed by git itself: the others have loose objects only. */
  readonly packed?: number;
  readonly empty?: number;
}

export interface FleetRepository {
  /** Absolute. */
  readonly dir: string;
  /** Relative to the storage. */
  readonly place: string;
  readonly project: number;
  readonly path: string;
  /** The place of its pool. */
  readonly pool?: string;
  readonly isPool: boolean;
  /** Fingerprints of the secrets that its objects hold, or, for the member of a pool, its history. Ascending. */
  readonly secrets: readonly string[];
}

export interface Fleet {
  readonly root: string;
  readonly repositories: readonly FleetRepository[];
  /** The tokens themselves, to search outputs for them. */
  readonly tokens: readonly string[];
  /** Adds a commit with a leak to a repository. @returns the fingerprint of its secret */
  leakInto(repository: FleetRepository): string;
}

const fingerprintOf = (token: string): string =>
  createHash('sha256').update('glaive/1\0').update(token, 'latin1').digest('hex');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @param root of the storage; made if it does not exist */
export function makeFleet(root: string, options: FleetOptions): Fleet {
  const { alone, pools = 0, members = 0, commits = 3, leaks, packed = 0, empty = 0 } = options;
  const random = new Random(options.seed);
  const tokens: string[] = [];
  const secretsOf = new Map<string, Set<string>>();
  let ids = 0;
  const leak = (places: readonly string[]): string => {
    const token = routableToken(random, {
      prefix: 'glpat-',
      payload: { o: 1, u: random.below(90_000) + 1 },
      version: 'v1',
    });
    tokens.push(token);
    for (const place of places) secretsOf.get(place)!.add(fingerprintOf(token));
    return `token = "${token}"\n`;
  };
  const made: Omit<FleetRepository, 'secrets'>[] = [];
  const add = (kind: '@hashed' | '@pools', path: string, pool?: string): Repository => {
    const project = ++ids;
    const digest = sha256(String(project));
    const place = join(kind, digest.slice(0, 2), digest.slice(2, 4), `${digest}.git`);
    const dir = join(root, place);
    made.push({ dir, place, project, path, isPool: kind === '@pools', ...(pool === undefined ? {} : { pool }) });
    secretsOf.set(place, new Set());
    return new Repository(dir, random, kind === '@hashed' ? path : undefined);
  };
  /** Which of the repositories that can have a leak get one. */
  const total = alone + pools * members;
  let seen = 0;
  const isNext = (): boolean => Math.floor((++seen * leaks) / total) > Math.floor(((seen - 1) * leaks) / total);

  for (let index = 0; index < pools; index++) {
    const pool = add('@pools', `pool/${index}`);
    const poolPlace = made.at(-1)!.place;
    const own = Array.from({ length: members }, (_, member) => {
      const repository = add('@hashed', `forks-${index}/project-${member}`, poolPlace);
      const { place, dir } = made.at(-1)!;
      const up = relative(join(dir, 'objects'), join(root, poolPlace, 'objects'));
      writeFileSync(join(dir, 'objects', 'info', 'alternates'), `${up}\n`);
      return { repository, place };
    });
    const everywhere = [poolPlace, ...own.map(({ place }) => place)];
    for (let at = 0; at < commits; at++) {
      // One leak of the pool is in the history of every member.
      pool.commit({ [`file-${at % 7}.txt`]: at === 1 ? leak(everywhere) : pool.text() });
    }
    pool.ref('refs/remotes/origin/heads/main');
    for (const { repository, place } of own) {
      repository.continue(pool);
      repository.commit({ 'own.txt': isNext() ? leak([place]) : repository.text() });
      repository.ref('refs/heads/main');
    }
    // And one is in the pool alone: a branch that its fork has deleted.
    pool.commit({ 'gone.txt': leak([poolPlace]) });
    pool.ref('refs/remotes/origin/heads/gone');
  }
  for (let index = 0; index < alone; index++) {
    const repository = add('@hashed', `group-${index % 12}/sub-${index % 5}/project-${index}`);
    const { place } = made.at(-1)!;
    const hasLeak = isNext();
    const count = 1 + random.below(commits);
    for (let at = 0; at < count; at++)
      repository.commit({
        [`file-${at}.txt`]: repository.text(),
        ...(hasLeak && at === 0 ? { 'config.ini': leak([place]) } : {}),
      });
    // Removed from HEAD: still in the history.
    if (hasLeak && index % 2 === 0) repository.commit({ 'config.ini': undefined });
    repository.ref('refs/heads/main');
  }
  for (let index = 0; index < empty; index++) add('@hashed', `empty/project-${index}`);
  for (const { dir } of made.slice(0, packed)) git(dir, 'repack', '-adlq');

  return {
    root,
    tokens,
    get repositories() {
      return made.map((each) => ({ ...each, secrets: [...secretsOf.get(each.place)!].toSorted() }));
    },
    leakInto({ dir, place }) {
      const repository = new Repository(dir, random, undefined);
      const text = leak([place]);
      repository.commit({ [`new-${tokens.length}.txt`]: text });
      repository.ref(`refs/heads/new-${tokens.length}`);
      return fingerprintOf(tokens.at(-1)!);
    },
  };
}

type Entries = Map<string, Buffer>;

/** Writes loose objects and refs, as git would. */
class Repository {
  readonly #dir: string;
  readonly #random: Random;
  #entries: Entries = new Map();
  #tip: string | undefined;
  #time = 1_700_000_000;

  constructor(dir: string, random: Random, path: string | undefined) {
    this.#dir = dir;
    this.#random = random;
    if (existsSync(join(dir, 'HEAD'))) return;
    for (const name of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks'])
      mkdirSync(join(dir, name), { recursive: true });
    writeFileSync(join(dir, 'HEAD'), 'ref: refs/heads/main\n');
    const gitlab = path === undefined ? '' : `[gitlab]\n\tfullpath = ${path}\n`;
    writeFileSync(
      join(dir, 'config'),
      `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n${gitlab}`,
    );
  }

  /** Lines of words; every one differs. */
  text(): string {
    return `${Array.from({ length: 6 }, () => `line ${this.#random.below(1_000_000_000)} of a file`).join('\n')}\n`;
  }

  /** Goes on from the last commit of another repository, whose objects it shares. */
  continue(other: Repository): void {
    this.#entries = new Map(other.#entries);
    this.#tip = other.#tip;
    this.#time = other.#time;
  }

  /** @param files their text; undefined removes one */
  commit(files: Readonly<Record<string, string | undefined>>): void {
    for (const [name, text] of Object.entries(files))
      if (text === undefined) this.#entries.delete(name);
      else this.#entries.set(name, Buffer.from(this.#write('blob', Buffer.from(text)), 'hex'));
    const names = [...this.#entries.keys()].toSorted();
    const tree = this.#write(
      'tree',
      Buffer.concat(names.flatMap((name) => [Buffer.from(`100644 ${name}\0`), this.#entries.get(name)!])),
    );
    const parent = this.#tip === undefined ? '' : `parent ${this.#tip}\n`;
    const by = `A <a@example.com> ${++this.#time} +0000`;
    this.#tip = this.#write('commit', Buffer.from(`tree ${tree}\n${parent}author ${by}\ncommitter ${by}\n\nchange\n`));
  }

  ref(name: string): void {
    mkdirSync(dirname(join(this.#dir, name)), { recursive: true });
    writeFileSync(join(this.#dir, name), `${this.#tip!}\n`);
  }

  #write(type: string, body: Buffer): string {
    const object = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
    const id = createHash('sha1').update(object).digest('hex');
    const folder = join(this.#dir, 'objects', id.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    const file = join(folder, id.slice(2));
    if (!existsSync(file)) writeFileSync(file, deflateSync(object, { level: 1 }));
    return id;
  }
}
