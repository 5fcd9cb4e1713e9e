/** Parsers for the values of flags: each returns the value of a text, or what the text should have been. */

import { approveProxy } from '../../http/proxy.ts';
import { approveServer, type Server } from '../../http/server.ts';
import { suggest } from '../../lib/suggest.ts';
import { parseReference, type SecretReference } from '../../vault/reference.ts';

/** A text that a flag does not take. */
export class BadValue {
  /** As in "must be a number of jobs". */
  readonly expected: string;
  readonly hint: string | undefined;
  /** A value that the user may have meant. */
  readonly near: string | undefined;

  constructor(expected: string, { hint, near }: { readonly hint?: string; readonly near?: string | undefined } = {}) {
    this.expected = expected;
    this.hint = hint;
    this.near = near;
  }
}

/** @throws GlaiveError for a text that must not be repeated in a message */
export type Parser<T> = (text: string) => T | BadValue;

/** A whole number in decimal digits. @param what names it for people */
export function wholeNumber(min: number, max: number, what = `a number from ${min} to ${max}`): Parser<number> {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return number >= min && number <= max ? number : new BadValue(what);
  };
}

/** Ids of GitLab are 64 bits wide, so they stay text. */
export function id(text: string): string | BadValue {
  return /^[1-9]\d{0,18}$/.test(text) ? text : new BadValue('an id');
}

export function mergeRequestNumber(text: string): string | BadValue {
  return /^[1-9]\d{0,9}$/.test(text)
    ? text
    : new BadValue('the number of a merge request', {
        hint: 'In a job of one: --merge-request "$CI_MERGE_REQUEST_IID"',
      });
}

/** Seconds, fractions included. */
export function seconds(text: string): number | BadValue {
  const number = Number(text);
  return number > 0 && number < 1e7 ? number : new BadValue('a number of seconds');
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Bytes. */
export function size(text: string): number | BadValue {
  const [, number, unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(text) ?? [];
  return number === undefined ? new BadValue('a size like 10m') : Number(number) * UNITS[unit.toLowerCase()]!;
}

/** Days, like `7d`. */
export function days(text: string): number | BadValue {
  const [, number] = /^(\d{1,4})d?$/.exec(text) ?? [];
  return number === undefined ? new BadValue('a number of days like 7d') : Number(number);
}

/** A day in the calendar, `YYYY-MM-DD`. */
export function day(text: string): string | BadValue {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
  return isDay ? text : new BadValue('a date like 2027-01-31');
}

/** A point in time, or the name of a commit; only git knows whether the commit exists. */
export interface Since {
  readonly text: string;
  /** Undefined unless the text is a date that git and JavaScript read alike. */
  readonly date: Date | undefined;
}

export function since(text: string): Since {
  const time = /^\d{4}\b/.test(text) ? Date.parse(text) : Number.NaN;
  return { text, date: Number.isNaN(time) ? undefined : new Date(time) };
}

/** For a command that takes a point in time only. */
export function sinceDate(text: string): Since | BadValue {
  const read = since(text);
  return read.date === undefined ? new BadValue('a date like 2026-01-31') : read;
}

/** One of several parts of a scan; both count from 1. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

const MOST_SHARDS = 1000;

export function shard(text: string): Shard | BadValue {
  const [, index = 0, total = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= total && total <= MOST_SHARDS) return { index, total };
  return new BadValue('a part like 2/4', {
    hint: 'In GitLab CI with parallel: --shard "$CI_NODE_INDEX/$CI_NODE_TOTAL".',
  });
}

/** Words separated by commas, or `none`. */
export function listOf<Word extends string>(words: readonly Word[]): Parser<readonly Word[]> {
  return (text) => {
    if (text === 'none') return [];
    const list: Word[] = [];
    for (const part of text.split(',').map((each) => each.trim())) {
      const word = words.find((known) => known === part);
      if (word === undefined) return new BadValue(`a list of ${words.join(', ')}`, { near: suggest(part, words) });
      list.push(word);
    }
    return list;
  };
}

/** A server that glaive may contact. @param flag for messages */
export function serverFor(flag: string): (address: string) => Server {
  return (address) => approveServer(address, flag);
}

/** An empty address turns the proxy of the environment off. */
export function proxy(address: string): URL | 'direct' {
  return address === '' ? 'direct' : approveProxy(address, '--proxy');
}

const TOKEN_SOURCES = ['env', 'git-credential', 'glab'] as const;
export type TokenSource = (typeof TOKEN_SOURCES)[number] | SecretReference;

/** Where glaive's own token comes from. */
export function tokenSource(text: string): TokenSource | BadValue {
  if (text.startsWith('vault:')) return parseReference(text.slice('vault:'.length));
  const known = TOKEN_SOURCES.find((name) => name === text);
  return (
    known ??
    new BadValue(`one of ${TOKEN_SOURCES.join(', ')}, vault:path/field@mount`, { near: suggest(text, TOKEN_SOURCES) })
  );
}
