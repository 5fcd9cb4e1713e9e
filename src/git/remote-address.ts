/** Addresses that glaive fetches from: the user or a GitLab names them, and no part of one may run a program. */

import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isHttpsOrLoopback } from '../http/server.ts';

export interface RemoteAddress {
  /** As git gets it. */
  readonly url: string;
  /** The only protocol that git may use for it. */
  readonly protocol: 'https' | 'http' | 'ssh' | 'file';
}

/** Why an address is refused. */
export interface RefusedAddress {
  readonly refused: string;
}

/** Bytes; longer ones are not addresses. */
const ADDRESS_MAX = 4096;

/** @param address `https://`, `http://` of this machine, `ssh://`, `user@host:path`, `file://`, or the absolute path of a folder */
export function remoteAddress(address: string): RemoteAddress | RefusedAddress {
  if (address.length > ADDRESS_MAX) return { refused: 'it is too long' };
  // oxlint-disable-next-line no-control-regex -- these are not in any address
  if (/[\u0000\n\r]/.test(address)) return { refused: 'it has a line break or a NUL' };
  if (isAbsolute(address)) return { url: address, protocol: 'file' };
  // oxlint-disable-next-line no-control-regex -- programs read them in different ways
  if (/[\u0000-\u0020\u007f]/.test(address)) return { refused: 'it has a space or a control character' };
  // `ext::COMMAND` runs a command.
  if (/^[\w+.-]*::/.test(address)) return { refused: 'helpers of git (NAME::ADDRESS) are not used' };
  if (address.includes('://')) return withScheme(address);
  // The short form of ssh. A path before the colon is a file.
  const [, host] = /^(?:[\w.][\w.+-]*@)?(\[[\da-f:.]+\]|[\w][\w.-]*):[^-].*$/is.exec(address) ?? [];
  if (host !== undefined) return { url: address, protocol: 'ssh' };
  return { refused: 'it is neither an address nor the absolute path of a folder' };
}

function withScheme(address: string): RemoteAddress | RefusedAddress {
  if (!URL.canParse(address)) return { refused: 'it is not an address' };
  const url = new URL(address);
  if (url.search !== '' || url.hash !== '') return { refused: 'it may have a host and a path only' };
  if (url.password !== '') return { refused: 'it contains a password' };
  switch (url.protocol) {
    case 'https:':
    case 'http:':
      if (url.username !== '') return { refused: 'it contains credentials' };
      if (!isHttpsOrLoopback(url)) return { refused: 'only https:// is allowed, and http:// on this machine' };
      return { url: url.href, protocol: url.protocol === 'https:' ? 'https' : 'http' };
    case 'ssh:':
      // Ssh would take it for an option.
      if (/^-|^$/.test(url.hostname) || url.username.startsWith('-')) return { refused: 'it has no host' };
      return { url: url.href, protocol: 'ssh' };
    case 'file:':
      try {
        return { url: fileURLToPath(url), protocol: 'file' };
      } catch {
        return { refused: 'it names no folder of this machine' };
      }
    default:
      return { refused: 'only https://, ssh:// and file:// are fetched from' };
  }
}
