/** Reads and renames the sections of CHANGELOG.md. */

const HEADING = /^## \[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?$/gm;

/** The text below the heading of a version; undefined if there is no such heading. */
export function sectionOf(changelog: string, version: string): string | undefined {
  const headings = [...changelog.matchAll(HEADING)];
  const index = headings.findIndex(([, name]) => name === version);
  const heading = headings[index];
  if (heading === undefined) return undefined;
  return changelog.slice(heading.index + heading[0].length, headings[index + 1]?.index).trim();
}

/** Gives what is unreleased to a version. @param day like 2027-01-31 @throws Error if there is nothing to release, or the version is there */
export function withVersion(changelog: string, version: string, day: string): string {
  if (sectionOf(changelog, version) !== undefined) throw new Error(`CHANGELOG.md has a section for ${version} already`);
  if ((sectionOf(changelog, 'Unreleased') ?? '') === '')
    throw new Error('CHANGELOG.md has nothing under [Unreleased]: there is nothing to release');
  return changelog.replace(/^## \[Unreleased\]$/m, `## [Unreleased]\n\n## [${version}] - ${day}`);
}
