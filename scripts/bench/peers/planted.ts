/** Tokens that are minted at run time and planted in a folder and in a history, so that what there is to find is known. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decoys } from '../../../test/support/decoys.ts';
import { KINDS, mint, place, Random } from '../../../test/support/mint.ts';
import { sampleText } from '../sample-text.ts';

export interface Planted {
  readonly secret: string;
  /** What kind of token it is, or where in a history: rows of a table. */
  readonly group: string;
}

const EXTENSIONS = ['yml', 'js', 'sh', 'md', 'env', 'py'];
const LOOK_ALIKES = 'look-alikes';

/**
 * Files with a token each, in texts in which such tokens occur, and files with texts that only look like tokens: those are in a
 * folder of their own.
 */
export function plantFolder(folder: string, perKind: number, seed: number): Planted[] {
  const random = new Random(seed);
  const filler = Buffer.from(sampleText(256 * 1024)).toString('latin1');
  const planted: Planted[] = [];
  const write = (path: string, text: string): void => {
    const start = random.below(filler.length - 3000);
    const [before, after] = [filler.slice(start, start + 800), filler.slice(start + 800, start + 1600)];
    writeFileSync(join(folder, path), `${before}\n${text}\n${after}\n`);
  };
  for (const kind of Object.keys(KINDS)) {
    const name = kind.replaceAll(/[^a-z0-9]+/g, '-');
    mkdirSync(join(folder, name), { recursive: true });
    for (let index = 0; index < perKind; index++) {
      // Without prefixes that administrators choose: a single token does not show where such a prefix begins.
      const { text, token } = place(kind, random, mint);
      planted.push({ secret: token, group: kind });
      write(`${name}/${index}.${random.pick(EXTENSIONS)}`, text);
    }
  }
  mkdirSync(join(folder, LOOK_ALIKES));
  let index = 0;
  for (const { text, atMost } of decoys(perKind * 20, seed + 1))
    if (atMost === 'unlikely') write(`${LOOK_ALIKES}/${index++}.env`, `TOKEN=${text}`);
  return planted;
}

/** Every scanner knows it, so that only the place makes a difference. */
const COMMON_KIND = 'pat legacy';

/** A bare repository with tokens in every place from which a push can publish them. */
export function plantHistory(folder: string, perPlace: number, seed: number): Planted[] {
  const random = new Random(seed);
  const work = `${folder}.work`;
  mkdirSync(work);
  const planted: Planted[] = [];
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'gc.auto=0', ...args], {
      cwd: work,
      stdio: 'pipe',
    });
  const token = (group: string): string => {
    const secret = mint(COMMON_KIND, random);
    planted.push({ secret, group });
    return secret;
  };
  let files = 0;
  const commit = (group: string | undefined, message = 'change'): string => {
    const path = `f${files++}.env`;
    writeFileSync(join(work, path), `A=1\n${group === undefined ? '' : `TOKEN=${token(group)}\n`}`);
    git('add', path);
    git('commit', '--quiet', '--message', message);
    return path;
  };
  git('init', '--quiet', '--initial-branch=main');
  commit(undefined);
  for (let count = 0; count < perPlace; count++) {
    commit('file of the newest commit');
    rmSync(join(work, commit('file that was removed')));
    git('commit', '--quiet', '--all', '--message', 'remove');
    commit(undefined, `note\n\nuse ${token('commit message')} here`);
    git('tag', '--annotate', `t${count}`, '--message', `use ${token('message of a tag')} here`);

    git('switch', '--quiet', '--create', `side${count}`);
    commit('branch that was not merged');
    git('switch', '--quiet', 'main');

    // The merge itself adds a line that no parent has.
    git('switch', '--quiet', '--create', `topic${count}`);
    commit(undefined);
    git('switch', '--quiet', 'main');
    const path = commit(undefined);
    git('merge', '--quiet', '--no-commit', '--no-ff', `topic${count}`);
    writeFileSync(join(work, path), `A=1\nTOKEN=${token('merge, and no parent of it')}\n`);
    git('commit', '--quiet', '--all', '--message', 'merge');

    commit('commit that was amended');
    git('reset', '--quiet', '--hard', 'HEAD~1');
  }
  execFileSync('git', ['clone', '--quiet', '--bare', '--no-hardlinks', work, folder], { stdio: 'ignore' });
  rmSync(work, { recursive: true });
  return planted;
}
