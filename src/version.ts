/** The version of this build; the bundler puts the one of package.json in place of the name. */

declare const GLAIVE_VERSION: string;

export const VERSION: string = GLAIVE_VERSION;
