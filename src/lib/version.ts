/** Version and home page of this build; the bundler puts what package.json says in place of the names. */

declare const GLAIVE_VERSION: string;
declare const GLAIVE_HOMEPAGE: string;

export const VERSION: string = GLAIVE_VERSION;

/** The address that package.json names; empty where it names none. */
export const HOMEPAGE: string = GLAIVE_HOMEPAGE;
