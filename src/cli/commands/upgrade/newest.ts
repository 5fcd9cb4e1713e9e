/**
 * Asks which version is the newest. The questions name neither the user nor the version that asks, and no answer is believed that does not look
 * like one.
 */

import { ApiError, errorForStatus } from '../../../http/api-error.ts';
import type { JsonClient, JsonResponse } from '../../../http/json-client.ts';
import { isRecord } from '../../../lib/is-record.ts';
import { isNewer, isVersion } from '../../../lib/version-order.ts';

/** Without the version, which HTTP requests of glaive have otherwise. */
const HEADERS = { 'user-agent': 'glaive' };
/** As npm itself asks: without what only the page of the package shows. */
const ABBREVIATED = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8';
const RELEASES = 20;

/**
 * The version with the tag `latest`, https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md.
 *
 * @param repository the address of the repository, by which a package of another program is recognised
 * @throws ApiError
 */
export async function newestInRegistry(client: JsonClient, name: string, repository: string): Promise<string> {
  const address = `/${name.replace('/', '%2f')}`;
  const latest = await client.request({ path: `${address}/latest`, headers: HEADERS });
  if (latest.status === 200) {
    const source = latest.fields['repository'];
    const url = isRecord(source) ? source['url'] : source;
    if (typeof url === 'string' && !url.toLowerCase().includes(withoutScheme(repository)))
      throw new ApiError('malformed', `its package ${name} is another program`);
    return versionOf(latest.fields['version']);
  }
  // Some mirrors have no address for a single version.
  if (latest.status !== 404 && latest.status !== 405) throw errorOf(latest);
  const all = await client.request({ path: address, headers: { ...HEADERS, accept: ABBREVIATED } });
  if (all.status !== 200) throw errorOf(all);
  const tags = all.fields['dist-tags'];
  return versionOf(isRecord(tags) ? tags['latest'] : undefined);
}

/** The newest version among the releases of a project. @param project its path @throws ApiError */
export async function newestRelease(client: JsonClient, project: string): Promise<string> {
  const response = await client.request({
    path: `/api/v4/projects/${encodeURIComponent(project)}/releases`,
    query: { per_page: String(RELEASES) },
    headers: HEADERS,
  });
  if (response.status !== 200) throw errorOf(response);
  const versions = response.items
    .map((item) => (isRecord(item) && item['upcoming_release'] !== true ? item['tag_name'] : undefined))
    .flatMap((tag) => (typeof tag === 'string' ? [tag.replace(/^v/, '')] : []))
    // A version before a release, such as 1.2.0-rc.1, is for those who ask for it.
    .filter((version) => isVersion(version) && !version.includes('-'));
  const newest = versions.reduce<string | undefined>(
    (best, version) => (best === undefined || isNewer(version, best) ? version : best),
    undefined,
  );
  return versionOf(newest);
}

function versionOf(value: unknown): string {
  if (typeof value === 'string' && isVersion(value)) return value;
  throw new ApiError('malformed', 'the response has no version in it');
}

function errorOf({ status }: JsonResponse): ApiError {
  if (status === 404) return new ApiError('not-found', 'it does not have glaive, or shows it to members only', status);
  if (status >= 300 && status < 400)
    return new ApiError('refused', `redirected (${status}); name the address that it leads to`, status);
  return errorForStatus(Math.max(status, 300));
}

function withoutScheme(address: string): string {
  return address.replace(/^https?:\/\//, '').toLowerCase();
}
