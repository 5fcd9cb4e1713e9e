import type { Product } from './product.ts';

/** What a step gets. */
export interface ReleaseContext {
  /** The repository. `dist/` is built. */
  readonly root: string;
  /** Where every file of the release is, and nothing else: `release/`. */
  readonly folder: string;
  readonly product: Product;
  /** Seconds since 1970: the time of the commit. Every time stamp in a file of the release is this one, so that two builds are equal. */
  readonly epoch: number;
  say(line: string): void;
}

/** A part of the release: a file of its own in `steps/`, and an entry in `steps/index.ts`. */
export interface ReleaseStep {
  readonly name: string;
  /** What it makes, for the list of steps. */
  readonly makes: string;
  /** Whether a whole release can be without it: then it is left out where something is missing. */
  readonly isOptional?: true;
  /** Whether it changes files of the repository, so that it runs only if it is named. */
  readonly onlyIfNamed?: boolean;
  /** What is missing on this machine, and how to get it; undefined if nothing is. */
  missing?(context: ReleaseContext): string | undefined;
  /** @throws Error whose message is for the person who makes the release */
  run(context: ReleaseContext): void | Promise<void>;
}
