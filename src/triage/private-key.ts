/**
 * Parses private keys: their kind, their length, and their public half, which identifies the owner. A key that parses is
 * proven. An encrypted one is checked by its shape; OpenSSH's and PuTTY's files have an unencrypted public half.
 *
 * Forms: PEM (RFC 7468) of PKCS#1, SEC 1 and PKCS#8 (RFC 5958), OpenSSH's PROTOCOL.key, and PuTTY's appendix C.
 */

import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { sshFingerprint } from '../lib/ssh-fingerprint.ts';
import type { Facts } from '../model/candidate.ts';
import type { Confidence } from '../model/confidence.ts';
import type { Secret } from '../model/secret.ts';

export interface PrivateKey {
  readonly confidence: Confidence;
  /** The same however the key is written (latin1): its public SPKI, or else its bytes. */
  readonly canonical: string;
  readonly facts: Facts;
}

const BLOCK = /^-----BEGIN ([A-Z ]{0,24})PRIVATE KEY-----([^]*)-----END /;
const RSA = 'ssh-rsa';
const ED25519 = 'ssh-ed25519';
/** Bytes of the shortest key that is encrypted without a form of its own. */
const ENCRYPTED_MIN = 64;
const OPENSSH = 'openssh-key-v1\0';

/** The key in a secret; undefined when it does not parse. */
export function readPrivateKey(secret: Secret): PrivateKey | undefined {
  const text = secret.reveal();
  if (text.startsWith('PuTTY-')) return readPutty(text);
  const block = readBlock(text);
  if (block === undefined) return undefined;
  const { label, headers, der } = block;
  if (label.startsWith('OPENSSH')) return readOpenSsh(der);
  if (headers) return der.length >= ENCRYPTED_MIN && der.length % 8 === 0 ? encrypted(der) : undefined;
  if (!isWholeSequence(der)) return undefined;
  return label.startsWith('ENCRYPTED') ? encrypted(der) : readDer(der, label);
}

interface Block {
  /** `RSA `, `OPENSSH ` or nothing. */
  readonly label: string;
  /** Whether headers say that it is encrypted. */
  readonly headers: boolean;
  readonly body: string;
  readonly readings: readonly [Buffer, Buffer];
  /** The reading that is a whole key, or else the first. */
  readonly der: Buffer;
}

function readBlock(text: string): Block | undefined {
  const [, label = '', content = ''] = BLOCK.exec(text) ?? [];
  if (content === '') return undefined;
  // In JSON, YAML and environment files line ends are escaped, and lines are quoted and indented.
  const plain = content.replace(/\\[nrt]/g, '\n');
  const headers = /DEK-Info:|Proc-Type:/.test(plain);
  const body = headers ? plain.slice(plain.search(/\n[^\S\n]*\r?\n/)) : plain;
  const readings = readingsOf(body);
  return { label, headers, body, readings, der: readings.find((bytes) => isWhole(bytes, label)) ?? readings[0] };
}

/** The bytes of a body as it is, and without what is at the beginning of each line. */
function readingsOf(body: string): readonly [Buffer, Buffer] {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  // What comes before the first line comes before each: a change, a quotation, a comment.
  const mark = /^[^A-Za-z0-9/=]*/.exec(lines[0] ?? '')![0];
  return [
    decoded(body),
    decoded(lines.map((line) => (line.startsWith(mark) ? line.slice(mark.length) : line)).join('')),
  ];
}

function isWhole(bytes: Buffer, label: string): boolean {
  return label.startsWith('OPENSSH') ? hasMagic(bytes) : isWholeSequence(bytes);
}

function hasMagic(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, OPENSSH.length) === OPENSSH;
}

function decoded(body: string): Buffer {
  return Buffer.from(body.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64');
}

/** Characters that are written in place of a part of a key. */
const ELIDED = /\*{3}|\.{3}|[xX]{8}/;
/** Whether a text in the armour of a key that does not parse cannot be one: masked, cut short, or something else altogether. */
export function cannotBeKey(secret: Secret): boolean {
  const block = readBlock(secret.reveal());
  if (block === undefined) return false;
  const { label, headers, body, readings } = block;
  if (ELIDED.test(body)) return true;
  return readings.every((bytes) => {
    if (label.startsWith('OPENSSH')) return !hasMagic(bytes);
    // What is encrypted has no form of its own.
    return headers ? bytes.length < ENCRYPTED_MIN : isLessThanSequence(bytes);
  });
}

function encrypted(der: Buffer): PrivateKey {
  return { confidence: 'certain', canonical: der.toString('latin1'), facts: { keyEncrypted: true } };
}

function readDer(der: Buffer, label: string): PrivateKey | undefined {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  try {
    const key = createPrivateKey(
      `-----BEGIN ${label}PRIVATE KEY-----\n${lines.join('\n')}\n-----END ${label}PRIVATE KEY-----\n`,
    );
    return toPrivateKey(createPublicKey(key), false);
  } catch {
    return undefined;
  }
}

function readOpenSsh(der: Buffer): PrivateKey | undefined {
  if (!hasMagic(der)) return undefined;
  const fields = new Fields(der.subarray(OPENSSH.length));
  const cipher = fields.next()?.toString('latin1');
  fields.next();
  fields.next();
  if (fields.number() !== 1) return undefined;
  const blob = fields.next();
  const hidden = fields.next();
  if (cipher === undefined || blob === undefined || hidden === undefined) return undefined;
  // An unencrypted private half begins with the same random number twice.
  if (cipher === 'none' && hidden.readUInt32BE(0) !== hidden.readUInt32BE(4)) return undefined;
  return ofBlob(blob, cipher !== 'none');
}

function readPutty(text: string): PrivateKey | undefined {
  const [, lines = ''] = /\r?\nPublic-Lines: \d{1,3}\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\nPrivate-Lines/.exec(text) ?? [];
  const blob = Buffer.from(lines.replace(/\s/g, ''), 'base64');
  return blob.length === 0 ? undefined : ofBlob(blob, !/\nEncryption: none\r?\n/.test(text));
}

function ofBlob(blob: Buffer, isEncrypted: boolean): PrivateKey | undefined {
  const fields = new Fields(blob);
  const type = fields.next()?.toString('latin1') ?? '';
  const next = (): string => fields.next()?.toString('base64url') ?? '';
  try {
    if (type === RSA) {
      const [e, n] = [next(), fields.integer()];
      return toPrivateKey(publicKey({ kty: 'RSA', e, n: n.toString('base64url') }), isEncrypted);
    }
    if (type === ED25519) return toPrivateKey(publicKey({ kty: 'OKP', crv: 'Ed25519', x: next() }), isEncrypted);
    const [, bits] = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type) ?? [];
    if (bits !== undefined) {
      fields.next();
      const point = fields.next() ?? Buffer.alloc(0);
      const half = (point.length - 1) / 2;
      const [x, y] = [point.subarray(1, 1 + half), point.subarray(1 + half)].map((part) => part.toString('base64url'));
      return toPrivateKey(publicKey({ kty: 'EC', crv: `P-${bits}`, x: x!, y: y! }), isEncrypted);
    }
  } catch {
    return undefined;
  }
  // Security keys and DSA: only their blob identifies them.
  return /^[a-z0-9@.-]{4,64}$/.test(type)
    ? {
        confidence: 'certain',
        canonical: blob.toString('latin1'),
        facts: { keyType: type, keyFingerprint: sshFingerprint(blob), ...(isEncrypted ? { keyEncrypted: true } : {}) },
      }
    : undefined;
}

function publicKey(jwk: JsonWebKey): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function toPrivateKey(key: KeyObject, isEncrypted: boolean): PrivateKey {
  const spki = key.export({ type: 'spki', format: 'der' });
  const blob = sshBlob(key);
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const size = modulusLength === undefined ? (namedCurve ?? '') : String(modulusLength);
  return {
    // The private half of an encrypted key was not checked.
    confidence: isEncrypted ? 'certain' : 'proven',
    canonical: spki.toString('latin1'),
    facts: {
      keyType: [key.asymmetricKeyType, size].filter(Boolean).join(' '),
      ...(blob === undefined ? {} : { keyFingerprint: sshFingerprint(blob) }),
      ...(isEncrypted ? { keyEncrypted: true } : {}),
    },
  };
}

/** The public key as OpenSSH writes it; undefined for kinds that OpenSSH does not support. */
function sshBlob(key: KeyObject): Buffer | undefined {
  if (!['rsa', 'ed25519', 'ec'].includes(key.asymmetricKeyType ?? '')) return undefined;
  let jwk: JsonWebKey;
  try {
    jwk = key.export({ format: 'jwk' });
  } catch {
    return undefined; // JWK does not have this curve
  }
  const bytes = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');
  if (jwk.kty === 'RSA') return pack(Buffer.from(RSA), positive(bytes(jwk.e)), positive(bytes(jwk.n)));
  if (jwk.crv === 'Ed25519') return pack(Buffer.from(ED25519), bytes(jwk.x));
  const name = /^P-(256|384|521)$/.exec(jwk.crv ?? '')?.[1];
  if (name === undefined) return undefined;
  const curve = `nistp${name}`;
  const point = Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)]);
  return pack(Buffer.from(`ecdsa-sha2-${curve}`), Buffer.from(curve), point);
}

function pack(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      return [length, field];
    }),
  );
}

/** With a leading zero if the first bit would make it negative. */
function positive(value: Buffer): Buffer {
  return value[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value;
}

/** Whether DER is one complete sequence. */
function isWholeSequence(der: Buffer): boolean {
  return der.length === sequenceLength(der);
}

/** Whether it is no sequence of DER, or not all of one. */
function isLessThanSequence(der: Buffer): boolean {
  const length = sequenceLength(der);
  return length === undefined || der.length < length;
}

/** How many bytes the sequence of DER has by its own account; undefined if it is no sequence. */
function sequenceLength(der: Buffer): number | undefined {
  if (der.length < 16 || der[0] !== 0x30) return undefined;
  const first = der[1]!;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  return count >= 1 && count <= 3 ? 2 + count + der.readUIntBE(2, count) : undefined;
}

/** Reads strings that begin with their length (RFC 4251, section 5). */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number | undefined {
    if (this.#at + 4 > this.#bytes.length) return undefined;
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  next(): Buffer | undefined {
    const length = this.number();
    if (length === undefined || this.#at + length > this.#bytes.length) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Without the zero in front. */
  integer(): Buffer {
    const value = this.next() ?? Buffer.alloc(0);
    return value[0] === 0 ? value.subarray(1) : value;
  }
}
