/** The used part of `recheck`: its build in plain JavaScript, which has no types and starts no Java. */
declare module 'recheck/lib/browser.js' {
  export function checkSync(
    source: string,
    flags: string,
    options: { readonly timeout: number },
  ): {
    readonly status: 'safe' | 'vulnerable' | 'unknown';
    readonly complexity?: { readonly summary: string; readonly degree?: number; readonly isFuzz: boolean };
    readonly attack?: { readonly pattern: string };
  };
}
