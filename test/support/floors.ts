/** The floors of `src/`: what the drawing in ARCHITECTURE.md shows, and what every import is held against. */

/** From the roof down: a file imports from its own room and from lower floors only. */
export const FLOORS: readonly (readonly string[])[] = [
  ['main.ts', 'index.ts'],
  ['cli'],
  ['scan', 'editor', 'fleet'],
  ['history', 'range', 'staged', 'job-logs', 'mask', 'credentials', 'report'],
  ['detect', 'triage', 'sources', 'rules', 'config', 'hooks'],
  ['git', 'gitlab', 'vault'],
  ['http'],
  ['generated'],
  ['lib', 'model'],
];
