/** How this glaive was installed, by where it is, and the commands that install the newest version in the same way. */

import { existsSync, readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { NAME, REPOSITORY } from '../../../generated/package.ts';
import { isRecord } from '../../../lib/is-record.ts';
import { shellQuote } from '../../../lib/shell-quote.ts';
import type { Io } from '../../../model/io.ts';

export interface Installation {
  /** As in "glaive 1.2.3: ...". */
  readonly what: string;
  /** Whether npm's registry has its newest version first. */
  readonly isFromRegistry: boolean;
  readonly commands: readonly string[];
}

/** A file of the image, with the name of the image: a job has variables of its own. */
export const IMAGE_MARKER = '/usr/share/glaive/image';

/** Debian's name for this processor. */
const DEBIAN_FILE = `glaive_VERSION_${arch() === 'x64' ? 'amd64' : arch()}.deb`;

const DOWNLOADS = `${REPOSITORY}/-/releases/permalink/latest/downloads`;

/** Places that others install into, by a part of the path. The first that fits counts. */
const PLACES: readonly (readonly [place: RegExp, what: string, command: string])[] = [
  [/^\/nix\/store\//, 'installed by Nix', 'nix profile upgrade glaive'],
  [/\/Cellar\/glaive\//, 'installed by Homebrew', 'brew upgrade glaive'],
  [/\/\.?asdf\/installs\/glaive\//, 'installed by asdf', 'asdf install glaive latest'],
  [/\/mise\/installs\/glaive\//, 'installed by mise', 'mise upgrade glaive'],
  [/[/\\]pre-commit[/\\]repo[^/\\]*[/\\]/, 'installed by pre-commit', 'pre-commit autoupdate'],
  [/[/\\]_npx[/\\]/, 'started by npx', `npx --yes ${NAME}@latest`],
  [/[/\\]pnpm[/\\]dlx[/\\]/, 'started by pnpm dlx', `pnpm dlx ${NAME}@latest`],
  [/[/\\]bunx-\d+-/, 'started by bunx', `bunx ${NAME}@latest`],
  [/[/\\]pnpm[/\\]global[/\\]/, 'installed by pnpm for all projects', `pnpm add --global ${NAME}@latest`],
  [/[/\\]yarn[/\\](?:Data[/\\])?global[/\\]/i, 'installed by yarn for all projects', `yarn global add ${NAME}@latest`],
  [/[/\\]\.bun[/\\]install[/\\]global[/\\]/, 'installed by bun for all projects', `bun add --global ${NAME}@latest`],
];

/** Files of package managers in a project, and how each adds a package. */
const MANAGERS: readonly (readonly [lock: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm add --save-dev'],
  ['yarn.lock', 'yarn add --dev'],
  ['bun.lock', 'bun add --dev'],
  ['package-lock.json', 'npm install --save-dev'],
];

export function installationOf({ program }: Pick<Io, 'program'>, marker = IMAGE_MARKER): Installation {
  const { main = program.node } = program;
  const place = PLACES.find(([pattern]) => pattern.test(main));
  if (place !== undefined)
    return { what: place[1], isFromRegistry: /[/\\]node_modules[/\\]/.test(main), commands: [place[2]] };
  if (program.main === undefined) return ofExecutable(main, marker);
  const [, folder = '', rest = ''] = /^(.*)[/\\]node_modules[/\\](.*)$/.exec(main) ?? [];
  if (rest !== '') return ofPackage(folder);
  const root = dirname(dirname(dirname(main)));
  if (basename(main) === 'glaive.cjs' && !isClone(dirname(dirname(main))))
    return {
      what: `the single file ${main}`,
      isFromRegistry: false,
      commands: download('glaive.cjs', main, '644'),
    };
  const clone = [dirname(dirname(main)), root].find(isClone);
  if (clone !== undefined)
    return {
      what: `built in the clone ${clone}`,
      isFromRegistry: false,
      commands: [`git -C ${shellQuote(clone)} pull`, `npm --prefix ${shellQuote(clone)} ci`],
    };
  return { what: `installed as ${main}`, isFromRegistry: false, commands: [`see ${REPOSITORY}/-/releases`] };
}

function ofExecutable(main: string, marker: string): Installation {
  if (existsSync('/var/lib/dpkg/info/glaive.list') && /^\/usr\/(?:bin|lib)\//.test(main))
    return {
      what: 'installed as a Debian package',
      isFromRegistry: false,
      commands: [
        `download ${DEBIAN_FILE} from ${REPOSITORY}/-/releases/permalink/latest`,
        `sudo apt-get install ./${DEBIAN_FILE}`,
      ],
    };
  if (existsSync(marker))
    return {
      what: `in the image ${readFileSync(marker, 'utf8').trim()}`,
      isFromRegistry: false,
      commands: [`use a newer tag of the image: ${REPOSITORY}/container_registry`],
    };
  return {
    what: `the executable ${main}`,
    isFromRegistry: false,
    commands:
      platform() === 'win32'
        ? [`download glaive-windows-x64.exe from ${REPOSITORY}/-/releases/permalink/latest`]
        : download(`glaive-${platform() === 'darwin' ? 'macos' : 'linux'}-${arch()}`, main, '755'),
  };
}

/** @param folder the one that node_modules is in */
function ofPackage(folder: string): Installation {
  const project = folder.replace(/[/\\]node_modules[/\\].*$/, '');
  if (!existsSync(join(project, 'package.json')))
    return {
      what: `installed by npm for all projects, in ${project}`,
      isFromRegistry: true,
      commands: [`npm install --global ${NAME}@latest`],
    };
  const [, command] = MANAGERS.find(([lock]) => existsSync(join(project, lock))) ?? MANAGERS.at(-1)!;
  return {
    what: `installed in the project ${project}`,
    isFromRegistry: true,
    commands: [`cd ${shellQuote(project)}`, `${command} ${NAME}@latest`],
  };
}

/** A file that is checked before it is put in place. */
function download(file: string, place: string, mode: string): string[] {
  return [
    `curl --fail --location --remote-name ${DOWNLOADS}/${file} --remote-name ${DOWNLOADS}/SHA256SUMS`,
    platform() === 'darwin'
      ? 'shasum --algorithm 256 --check --ignore-missing SHA256SUMS'
      : 'sha256sum --check --ignore-missing SHA256SUMS',
    `install -m ${mode} ${file} ${shellQuote(place)}`,
  ];
}

function isClone(folder: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return isRecord(manifest) && manifest['name'] === NAME && existsSync(join(folder, '.git'));
  } catch {
    return false;
  }
}
