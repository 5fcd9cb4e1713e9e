import type { Platform, Product } from '../product.ts';

/** What a door is made of. */
export interface DoorContext {
  readonly product: Product;
  /** The hooks of pre-commit, as this repository has them. */
  readonly hooks: string;
  /** The executables that are in the release. */
  readonly executables: readonly Executable[];
  /** The address and SHA-256 of a file of the release. @throws Error if it is not there */
  asset(file: string): Asset;
}

export interface Asset {
  readonly url: string;
  readonly sha256: string;
}

export interface Executable extends Asset {
  readonly platform: Platform;
  readonly file: string;
}

/** A file, or a program if its text begins with `#!`. */
export type DoorFiles = Readonly<Record<string, string>>;

/** One more way into glaive, for a tool that wants files of its own: each is what a repository for that tool contains. */
export interface Door {
  /** Its folder below `doors/`. */
  readonly name: string;
  /** @throws Error if a file of the release is missing that it cannot do without */
  files(context: DoorContext): DoorFiles;
}

/** The description without its full stop and last clause: lists of packages are narrow. */
export function shortDescription({ description }: Product): string {
  return description.replace(/, and .*$/, '').replace(/\.$/, '');
}
