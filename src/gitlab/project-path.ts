/** A project in a path of the API. */

/** @param project id or path, as it is or with its slashes encoded already */
export function encodedProject(project: string): string {
  return encodeURIComponent(project.replaceAll(/%2f/gi, '/'));
}
