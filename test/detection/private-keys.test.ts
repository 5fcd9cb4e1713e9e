/** Private keys in every form that tools write, made by OpenSSL (through Node) and by ssh-keygen; and texts that are not keys. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanText } from '../support/scan-text.ts';
import { tempFolder } from '../support/temp-folder.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ed = generateKeyPairSync('ed25519');
const hasSshKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

const pem = (key: typeof rsa.privateKey, type: 'pkcs1' | 'pkcs8' | 'sec1', passphrase?: string): string =>
  String(
    key.export({ format: 'pem', type, ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }) } as {
      format: 'pem';
      type: 'pkcs8';
    }),
  ).trim();

const spkiPrint = (key: typeof rsa.publicKey): string =>
  createHash('sha256')
    .update('glaive/1\0')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');

describe('PEM', () => {
  it.each([
    ['RSA, PKCS#1', pem(rsa.privateKey, 'pkcs1'), 'rsa 2048', spkiPrint(rsa.publicKey)],
    ['RSA, PKCS#8', pem(rsa.privateKey, 'pkcs8'), 'rsa 2048', spkiPrint(rsa.publicKey)],
    ['EC, SEC 1', pem(ec.privateKey, 'sec1'), 'ec prime256v1', spkiPrint(ec.publicKey)],
    ['EC, PKCS#8', pem(ec.privateKey, 'pkcs8'), 'ec prime256v1', spkiPrint(ec.publicKey)],
    ['Ed25519', pem(ed.privateKey, 'pkcs8'), 'ed25519', spkiPrint(ed.publicKey)],
  ])('%s: proven, with kind and fingerprint, however it is written', async (_, key, keyType, fingerprint) => {
    const lines = key.split('\n');
    const texts = [
      `${key}\n`,
      `x: |\n${lines.map((line) => `    ${line}\n`).join('')}y: 1\n`,
      JSON.stringify({ key: `${key}\n` }),
      `SSH_KEY="${lines.join('\\n')}"`,
      key.replaceAll('\n', '\r\n'),
      Buffer.from(key).toString('base64'),
      (
        Buffer.from(`${key}\n`)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\n'),
    ];
    for (const text of texts) {
      const findings = await scanText(text);
      expect(findings.map(({ ruleId, confidence }) => [ruleId, confidence])).toEqual([['private_key', 'proven']]);
      expect(findings[0]!.facts.keyType).toBe(keyType);
      expect(findings[0]!.secretFingerprint).toBe(fingerprint);
    }
  });

  it.each([
    ['PKCS#8', pem(rsa.privateKey, 'pkcs8', 'secret')],
    ['PKCS#1', pem(rsa.privateKey, 'pkcs1', 'secret')],
    ['SEC 1', pem(ec.privateKey, 'sec1', 'secret')],
  ])('encrypted, %s: certain', async (_, key) => {
    const [finding, ...others] = await scanText(`${key}\n`);
    expect(others).toEqual([]);
    expect([finding!.confidence, finding!.facts.keyEncrypted]).toEqual(['certain', true]);
  });

  it('a complete block that does not parse is likely', async () => {
    const [finding] = await scanText(pem(rsa.privateKey, 'pkcs1').replace(/\n(.{64})\n/, '\n$1\n$1\n'));
    expect(finding!.confidence).toBe('likely');
  });

  it.each(['+', '> ', '# ', ' * ', '| '])('a key behind "%s" on each line is proven', async (mark) => {
    const marked = pem(rsa.privateKey, 'pkcs8').replaceAll('\n', `\n${mark}`);
    expect((await scanText(`${mark}${marked}\n`)).map(({ confidence }) => confidence)).toEqual(['proven']);
  });

  const openssh = (body: string): string => body.replaceAll('PRIVATE KEY', 'OPENSSH PRIVATE KEY');
  it.each([
    ['masked with asterisks', pem(rsa.privateKey, 'pkcs1').replace(/\n.{64}\n/, `\n${'*'.repeat(64)}\n`)],
    ['elided', pem(rsa.privateKey, 'pkcs1').replace(/\n.{64}\n/, '\n...\n')],
    ['shorter than it says itself', pem(rsa.privateKey, 'pkcs1').split('\n').toSpliced(5, 1).join('\n')],
    ['no DER', pem(rsa.privateKey, 'pkcs8').replace(/\nM/, '\nZ')],
    ['words', `-----BEGIN PRIVATE KEY-----\n${'some private key '.repeat(6)}\n-----END PRIVATE KEY-----`],
    ["without OpenSSH's magic", openssh(pem(rsa.privateKey, 'pkcs8'))],
  ])('a body that cannot be a key is unlikely: %s', async (_, text) => {
    expect((await scanText(text)).map(({ confidence }) => confidence)).toEqual(['unlikely']);
  });

  it.each([
    ['a header without a body', '-----BEGIN RSA PRIVATE KEY-----\n'],
    ['a block without an end', pem(rsa.privateKey, 'pkcs1').replace(/-----END.*/, '')],
    ['a public key', String(rsa.publicKey.export({ format: 'pem', type: 'spki' }))],
    ['a public key of RSA', String(rsa.publicKey.export({ format: 'pem', type: 'pkcs1' }))],
    ['a certificate', pem(rsa.privateKey, 'pkcs1').replaceAll('RSA PRIVATE KEY', 'CERTIFICATE')],
    ['three dots', '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n'],
  ])('%s is not a private key', async (_, text) => {
    expect(await scanText(text)).toEqual([]);
  });
});

describe.skipIf(!hasSshKeygen)('OpenSSH', () => {
  const generate = (type: string, passphrase: string): { key: string; fingerprint: string } => {
    const file = join(tempFolder(), 'key');
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'me', '-f', file]);
    const shown = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`]).toString();
    return { key: readFileSync(file, 'utf8'), fingerprint: /SHA256:\S+/.exec(shown)![0] };
  };

  it.each(['rsa', 'ed25519', 'ecdsa'])('%s: the fingerprint that ssh-keygen shows', async (type) => {
    for (const passphrase of ['', 'a passphrase']) {
      const { key, fingerprint } = generate(type, passphrase);
      const [finding] = await scanText(key);
      expect(finding!.confidence).toBe(passphrase === '' ? 'proven' : 'certain');
      expect(finding!.facts.keyFingerprint).toBe(fingerprint);
      expect(finding!.facts.keyEncrypted).toBe(passphrase === '' ? undefined : true);
    }
  });
});

it('PuTTY: by its public half', async () => {
  const length = (bytes: Buffer): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(bytes.length);
    return Buffer.concat([head, bytes]);
  };
  const raw = Buffer.from(ed.publicKey.export({ format: 'jwk' }).x!, 'base64url');
  const blob = Buffer.concat([length(Buffer.from('ssh-ed25519')), length(raw)]);
  const text = [
    'PuTTY-User-Key-File-3: ssh-ed25519',
    'Encryption: none',
    'Comment: me',
    'Public-Lines: 2',
    ...(blob.toString('base64').match(/.{1,64}/g) ?? []),
    'Private-Lines: 1',
    'AAAAIEhlbGxvIGtleSB0aGF0IG5vYm9keSB1c2VzIGF0IGFsbCEh',
    `Private-MAC: ${'0f'.repeat(32)}`,
    '',
  ].join('\n');
  const [finding] = await scanText(text);
  expect([finding!.ruleId, finding!.confidence, finding!.facts.keyType]).toEqual(['private_key', 'proven', 'ed25519']);
  expect(finding!.secretFingerprint).toBe(spkiPrint(ed.publicKey));
});
