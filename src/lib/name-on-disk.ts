/**
 * Names on file systems that ignore case, or the form of accents: macOS, Windows, and many disks that are carried around. A file
 * opens there by other names as well, but git and other machines know only the one in its folder.
 */

import { lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { decodePath, encodePath } from './path-bytes.ts';

/** The name of an existing file or folder as its folder has it. @param namesIn lists a folder */
export function nameOnDisk(path: string, namesIn: (folder: string) => readonly string[] = listed): string {
  const name = basename(path);
  const folder = dirname(path);
  // Where no other spelling leads to a file, this one is right. That is the case on nearly every disk of Linux.
  if (!otherSpellings(name).some((other) => exists(join(folder, other)))) return name;
  const names = namesIn(folder);
  if (names.includes(name)) return name;
  const alike = names.filter((each) => fold(each) === fold(name));
  return alike.length === 1 ? alike[0]! : name;
}

/** Makes a function that returns an existing path below `base` with the names that are on the disk; other paths stay. */
export function createPathOnDisk(base: string): (path: string) => string {
  const known = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const namesIn = (folder: string): readonly string[] => {
    const names = lists.get(folder) ?? listed(folder);
    lists.set(folder, names);
    return names;
  };
  const step = (folder: string, name: string): string => {
    const path = join(folder, name);
    const real = known.get(path) ?? join(folder, nameOnDisk(path, namesIn));
    known.set(path, real);
    return real;
  };
  return (path) => {
    const way = relative(base, path).split(sep);
    return way[0] === '' || way[0] === '..' || join(base, ...way) !== path ? path : way.reduce(step, base);
  };
}

function otherSpellings(name: string): readonly string[] {
  const upper = name.toUpperCase();
  const others = [upper === name ? name.toLowerCase() : upper, name.normalize('NFC'), name.normalize('NFD')];
  return others.filter((other) => other !== name);
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function exists(path: string): boolean {
  try {
    return lstatSync(encodePath(path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(encodePath(folder), { encoding: 'buffer' }).map(decodePath);
  } catch {
    return [];
  }
}
