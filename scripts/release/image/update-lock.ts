/**
 * `node scripts/run.mjs scripts/release/image/update-lock.ts`: writes debian.lock with the newest packages of Debian's stable release and its
 * security updates. apt checks Debian's signatures, in a folder of its own: nothing of this machine's apt is read or changed.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARCHITECTURES, LEFT_OUT, type LockedPackage, lockFile, MIRROR, SUITE, WANTED, writeLock } from './packages.ts';

type Stanza = Readonly<Record<string, string>>;

export function main(root: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'glaive-apt-'));
  try {
    const env = { ...process.env, APT_CONFIG: configure(folder), LC_ALL: 'C' };
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    const packages = ARCHITECTURES.flatMap(({ name }) => closure(name, env));
    writeFileSync(lockFile(root), writeLock({ epoch: Math.floor(Date.now() / 1000), packages }));
    process.stdout.write(`${packages.length} packages\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function configure(folder: string): string {
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'parts'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  const keys = 'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg';
  const source = (path: string, suites: string): string =>
    `Types: deb\nURIs: ${MIRROR}/${path}\nSuites: ${suites}\nComponents: main\n${keys}\n`;
  writeFileSync(
    join(folder, 'list.sources'),
    `${source('debian', `${SUITE} ${SUITE}-updates`)}\n${source('debian-security', `${SUITE}-security`)}`,
  );
  const names = ARCHITECTURES.map(({ name }) => `"${name}";`).join(' ');
  const file = join(folder, 'apt.conf');
  writeFileSync(
    file,
    `Dir::State "${folder}/state";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}/cache";
Dir::Etc::sourcelist "${folder}/list.sources";
Dir::Etc::sourceparts "${folder}/parts";
APT::Architectures { ${names} };
APT::Sandbox::User "";
Acquire::Languages "none";
`,
  );
  return file;
}

/** The packages that are wanted, and everything that they depend on, by name. */
function closure(architecture: LockedPackage['architecture'], env: NodeJS.ProcessEnv): LockedPackage[] {
  const found = new Map<string, LockedPackage>();
  for (let names = WANTED; names.length > 0;) {
    const stanzas = candidates(architecture, names, env);
    for (const stanza of stanzas) {
      const { Package: name = '', Version: version = '', Filename: file = '', SHA256: sha256 = '' } = stanza;
      const path = `${file.startsWith('pool/updates/') ? 'debian-security' : 'debian'}/${file}`;
      found.set(name, { architecture, name, version, path, sha256 });
    }
    names = [...new Set(stanzas.flatMap(dependenciesOf))].filter((name) => !found.has(name) && !LEFT_OUT.has(name));
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of alternatives, the first one: Debian's choice. */
function dependenciesOf(stanza: Stanza): string[] {
  const lists = [stanza['Pre-Depends'], stanza['Depends']].filter((list) => list !== undefined);
  return lists
    .join(', ')
    .split(/, */)
    .map((one) => /^[a-z0-9][a-z0-9.+-]*/.exec(one)?.[0] ?? '')
    .filter((name) => name !== '')
    .map((name) => (name === 'awk' ? 'mawk' : name));
}

/** The stanzas of the versions that apt would install. */
function candidates(architecture: string, names: readonly string[], env: NodeJS.ProcessEnv): Stanza[] {
  const all = names.map((name) => `${name}:${architecture}`);
  const text = execFileSync(
    'apt-cache',
    [
      'show',
      '--no-all-versions',
      '-o',
      'Dir::Cache::pkgcache=pkgcache.bin',
      '-o',
      `APT::Architecture=${architecture}`,
      ...all,
    ],
    { env, encoding: 'utf8' },
  );
  return text
    .split('\n\n')
    .filter((stanza) => stanza !== '')
    .map((stanza) =>
      Object.fromEntries(
        [...stanza.matchAll(/^([A-Za-z0-9-]+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
      ),
    );
}
