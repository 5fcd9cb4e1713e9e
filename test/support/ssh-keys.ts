/** RSA keys for tests: the private one as PEM, the public one as OpenSSH writes it. */

import { generateKeyPairSync } from 'node:crypto';

export function newKey(): { readonly pem: string; readonly line: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const part = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  // Its first bit is set, and it is no negative number.
  const modulus = Buffer.concat([Buffer.alloc(1), Buffer.from(n!, 'base64url')]);
  const blob = Buffer.concat([part(Buffer.from('ssh-rsa')), part(Buffer.from(e!, 'base64url')), part(modulus)]);
  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    line: `ssh-rsa ${blob.toString('base64')} a-user`,
  };
}
