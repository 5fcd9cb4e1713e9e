/** A project as part of an API path. */

/** @param project id or path; its slashes may be encoded already */
export function encodedProject(project: string): string {
  return encodeURIComponent(project.replaceAll(/%2f/gi, '/'));
}
