import type { Product } from '../release/product.ts';

/** What a way gets. */
export interface TryContext {
  /** The repository. */
  readonly root: string;
  /** The files of the release, made by `npm run release`. */
  readonly release: string;
  readonly product: Product;
  /** The address of a registry on loopback that has the package. It is started when it is first asked for, and stops by itself. */
  registry(): Promise<string>;
  /** The folder with the commands of these packages of npm, each with its version (`node@20`): programs that the user of a way has. */
  tools(...packages: readonly string[]): string;
}

/** What a way has installed. */
export interface Installed {
  /** The command line that starts glaive, as a user types it after installing it this way. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files and folders that the installation takes on disk. */
  readonly takes: readonly string[];
  /** For a way with a file system of its own: the command line that runs another one in it. It sees the folder under the same path, and may write there. */
  inside?(command: readonly string[], where: Where): readonly string[];
  remove?(): void | Promise<void>;
}

export interface Where {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A way to install glaive: a file of its own in `ways/`, and an entry in `ways/index.ts`. */
export interface Way {
  readonly name: string;
  /** The line that a user types. */
  readonly line: string;
  /** What is missing on this machine, and how to get it; undefined if nothing is. */
  missing?(context: TryContext): string | undefined;
  /** Gets what the user of this way has already. It takes no part in the time. */
  prepare?(context: TryContext): void | Promise<void>;
  /** @param folder empty, for the installation */
  install(context: TryContext, folder: string): Installed | Promise<Installed>;
}
