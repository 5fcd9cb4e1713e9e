/** The address of a queue. It may have a password, so it is never shown as it is. */

import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';

export interface QueueAddress {
  readonly kind: 'redis' | 'postgres';
  /** For people: without user, password and parameters. */
  readonly shown: string;
}

const KINDS: Readonly<Record<string, QueueAddress['kind']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/** @throws GlaiveError that does not repeat the text */
export function queueAddress(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url && KINDS[url.protocol];
  if (url === undefined || kind === undefined)
    throw new GlaiveError('usage', '--queue must be the address of a queue', {
      hint: 'Like redis://HOST:6379/0, rediss://HOST:6379/0 or postgres://HOST/DATABASE.',
    });
  return { kind, shown: printable(`${url.protocol}//${url.host}${url.pathname}`) };
}

/** The text of an error without the passwords of the address. */
export function withoutPasswords(message: string, text: string): string {
  const { password, searchParams } = new URL(text);
  const secrets = [password, decoded(password), searchParams.get('password') ?? ''].filter((each) => each !== '');
  return printable(secrets.reduce((left, secret) => left.replaceAll(secret, '***'), message));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
