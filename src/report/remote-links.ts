/**
 * Links to commits and lines on the GitLab or GitHub of the repository.
 *
 * A wrong link is worse than none, so a link is made only if the pages of the server are known:
 * - github.com is GitHub. The name of a GitHub Enterprise server does not show what it is.
 * - gitlab.com is GitLab, and so is a host with a label `gitlab`, `gitlab-...` or `...-gitlab` (`gitlab.example.com`); the server of the
 *   CI job that writes the report; and the server whose job logs are in it.
 * - A remote over HTTPS has its pages at the same host, port and path: `https://example.com:8443/gitlab/group/project.git`. A remote
 *   over ssh names neither port nor path of the pages. They are those of a known server, else the defaults; with a port of its own,
 *   which shows that the server is set up in another way, there is no link.
 * - Unencrypted remotes get no links, and neither do addresses with anything unusual in them. Every link leads to the host of the remote.
 */

import { encodePath } from '../lib/path-bytes.ts';
import { defined } from '../lib/defined.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { MASK } from '../model/secret.ts';

export interface RemoteLinks {
  /** The page of the project. */
  readonly project: string;
  /** The page of a commit. @param id 40 or 64 hex digits, else undefined */
  readonly commit: (id: string) => string | undefined;
  /** The page of a file in a commit. @param line 1 or more; absent: the whole file */
  readonly file: (id: string, path: string, line?: number) => string | undefined;
}

/** The parts of the address of a remote. */
interface Remote {
  readonly isSsh: boolean;
  readonly hostname: string;
  /** Empty: the default. */
  readonly port: string;
  /** Without slashes around it, and without `.git`. */
  readonly path: string;
}

/**
 * @param gitlabUrl the address of a server that is known to be GitLab: `CI_SERVER_URL`
 * @returns undefined if the pages of the repository are not known for certain
 */
export function remoteLinks(
  { repository, findings }: Pick<Report, 'repository' | 'findings'>,
  gitlabUrl?: string,
): RemoteLinks | undefined {
  const remote = repository === undefined ? undefined : remoteOf(repository);
  if (remote === undefined) return undefined;
  const jobs = findings.flatMap(({ artifact: { job } }) => (job === undefined ? [] : [job.server]));
  const servers = [...new Set([...(gitlabUrl === undefined ? [] : [gitlabUrl]), ...jobs])].flatMap(serverOf);
  return githubLinks(remote) ?? gitlabLinks(remote, servers);
}

/** `group/project`, for titles; undefined if the address has no such part. */
export function projectOf(repository: string): string | undefined {
  const path = /^[a-z]+:\/\/[^/]+\/(.+)$/.exec(repository)?.[1];
  return path?.replace(/\/+$/, '').replace(/\.git$/, '') || undefined;
}

/** Links of one finding; absent where there is no page, or it is not certain. */
export interface FindingLinks {
  /** The line, in the commit that introduced it; for a secret in a commit's message or author, the commit. */
  readonly place?: string;
  /** The commit that introduced it. */
  readonly introduced?: string;
  /** The commit that removed it. */
  readonly removed?: string;
}

/** @param finding as scanned: texts made safe for people may differ from the path */
export function findingLinks(links: RemoteLinks | undefined, finding: Finding): FindingLinks {
  const { introduction, history } = finding;
  if (links === undefined) return {};
  const path = pathThen(finding);
  const introduced = introduction && links.commit(introduction.commit);
  const isInCommit = finding.artifact.kind === 'commit-message' || finding.artifact.kind === 'commit-header';
  return defined({
    place: isInCommit
      ? introduced
      : introduction && path && links.file(introduction.commit, path, introduction.startLine),
    introduced,
    removed: history?.removed && links.commit(history.removed.commit),
  });
}

/** The path in the commit that introduced the secret. Undefined for what is no file there, and for names that are shown changed. */
function pathThen({ artifact, introduction }: Finding): string | undefined {
  if (artifact.kind !== 'file' || artifact.path === undefined || artifact.entries !== undefined) return undefined;
  if (introduction === undefined || introduction.uri === artifact.uri) return artifact.path;
  // Names of earlier versions are known only as they are shown: masked, and with %XX for bytes that are not UTF-8.
  return introduction.uri.includes('%') || introduction.uri.includes(MASK) ? undefined : introduction.uri;
}

const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** A part of the path of a project, as both servers allow it. */
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const HOSTNAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

function remoteOf(repository: string): Remote | undefined {
  if (!/^(?:https|ssh):\/\/[\x21-\x7e]{1,1000}$/.test(repository) || !URL.canParse(repository)) return undefined;
  const url = new URL(repository);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  const path = url.pathname.replace(/^\/|\/$/g, '').replace(/\.git$/, '');
  const segments = path.split('/');
  if (segments.length < 2 || !segments.every((segment) => SEGMENT.test(segment))) return undefined;
  // The repositories of wikis and snippets have no such pages.
  if (/\.(?:wiki|git)$/.test(path) || segments.includes('snippets')) return undefined;
  if (!HOSTNAME.test(url.hostname)) return undefined;
  const isSsh = url.protocol === 'ssh:';
  return { isSsh, hostname: url.hostname, port: isSsh && url.port === '22' ? '' : url.port, path };
}

function serverOf(address: string): URL[] {
  if (!URL.canParse(address)) return [];
  const url = new URL(address);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? [url] : [];
}

function githubLinks({ hostname, port, path }: Remote): RemoteLinks | undefined {
  const isProject = hostname === 'github.com' && port === '' && path.split('/').length === 2;
  return isProject ? linksAt(`https://github.com/${path}`, '') : undefined;
}

function gitlabLinks({ isSsh, hostname, port, path }: Remote, servers: readonly URL[]): RemoteLinks | undefined {
  const known = servers.find((server) => server.hostname === hostname && (isSsh || server.port === port));
  if (known !== undefined && isSsh) return linksAt(`${known.origin}${known.pathname.replace(/\/$/, '')}/${path}`, '/-');
  if (known === undefined && !isGitlabName(hostname)) return undefined;
  if (isSsh && port !== '') return undefined;
  return linksAt(`https://${hostname}${port === '' ? '' : `:${port}`}/${path}`, '/-');
}

function isGitlabName(hostname: string): boolean {
  return hostname === 'gitlab.com' || hostname.split('.').some((label) => /^gitlab(?:-|$)|-gitlab$/.test(label));
}

function linksAt(project: string, separator: '' | '/-'): RemoteLinks {
  return {
    project,
    commit: (id) => (ID.test(id) ? `${project}${separator}/commit/${id}` : undefined),
    file: (id, path, line) =>
      ID.test(id) && path !== '' && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(path)
        ? `${project}${separator}/blob/${id}/${encoded(path)}${line === undefined || line < 1 ? '' : `#L${line}`}`
        : undefined,
  };
}

/** Every byte that is not unreserved (RFC 3986) as `%XX`. */
function encoded(path: string): string {
  return Array.from(Buffer.from(encodePath(path)), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._~/-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}
