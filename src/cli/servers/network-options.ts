/** How a command reaches servers: certificates, proxy, or not at all. From flags and the environment alone. */

import { resolve } from 'node:path';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { createNetwork, type Network, type NetworkOptions } from '../../http/network.ts';
import { approveProxy, isBypassed, proxyAddress } from '../../http/proxy.ts';
import { readOptionalFile } from '../../lib/optional-file.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Io } from '../../model/io.ts';
import type { ParsedArgs } from '../args/parse.ts';

/** Variables that name files with certificates: glaive's own, the job's for its GitLab and Vault, and Node's. */
const CA_FILES = ['GLAIVE_CA_FILE', 'CI_SERVER_TLS_CA_FILE', 'VAULT_CACERT', 'NODE_EXTRA_CA_CERTS'] as const;

/** @throws GlaiveError for certificates that cannot be read, and for an invalid address of a proxy */
export function openNetwork(args: ParsedArgs, io: Io): Network {
  return createNetwork(networkOptions(args, io));
}

/** The same for git, which opens connections of its own. @throws GlaiveError */
export function networkOptions(args: ParsedArgs, io: Io): Required<NetworkOptions> {
  const offline = io.env['GLAIVE_OFFLINE'] ?? '';
  const proxy = readProxy(args, io);
  return {
    certificates: readCertificates(args, io),
    isOffline: args.has('offline') || !['', '0', 'false'].includes(offline),
    proxyOf: (url) => (isBypassed(url, io.env) ? undefined : proxy),
  };
}

function readCertificates(args: ParsedArgs, io: Io): string[] {
  const flag = args.value('ca-file');
  const named = [
    ...(flag === undefined ? [] : [['--ca-file', flag] as const]),
    ...CA_FILES.map((name) => [name, io.env[name] ?? ''] as const),
  ];
  const seen = new Set<string>();
  return named.flatMap(([source, file]) => {
    const path = resolve(io.cwd, file);
    if (file === '' || seen.has(path)) return [];
    seen.add(path);
    const refuse = (why: string, cause?: unknown): GlaiveError =>
      new GlaiveError('usage', `${source}: ${why}`, { hint: 'It names a file with certificates in PEM.', cause });
    let text: string | undefined;
    try {
      text = readOptionalFile(path);
    } catch (error) {
      throw refuse(`cannot read it: ${fsErrorMessage(error)}`, error);
    }
    if (text === undefined) throw refuse('there is no such file');
    if (!text.includes('-----BEGIN CERTIFICATE-----')) throw refuse('there is no certificate in it');
    return [text];
  });
}

function readProxy(args: ParsedArgs, io: Io): URL | undefined {
  const flag = args.value('proxy');
  if (flag !== undefined) return flag === 'direct' ? undefined : flag;
  const address = proxyAddress(io.env);
  return address === undefined ? undefined : approveProxy(address, 'HTTPS_PROXY');
}
