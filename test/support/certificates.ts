/** A private certificate authority, and certificates of servers: created in each run, by a library. */

import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** PEM, to be trusted. */
  readonly ca: string;
  /** @param end default: in a year */
  issue(names: readonly string[], end?: Date): Promise<Certificate>;
}

export async function createAuthority(): Promise<Authority> {
  const root = await generate([{ name: 'commonName', value: 'a private authority' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return {
    ca: root.cert,
    async issue(names, end) {
      const made = await generate([{ name: 'commonName', value: names[0]! }], {
        keySize: 2048,
        ...(end === undefined ? {} : { notBeforeDate: new Date(0), notAfterDate: end }),
        ca: { key: root.private, cert: root.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          {
            name: 'subjectAltName',
            altNames: names.map((name) =>
              /^[\d.]+$/.test(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const),
            ),
          },
        ],
      });
      return { key: made.private, cert: made.cert };
    },
  };
}
