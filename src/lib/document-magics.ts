/** Documents whose text is not in the file as it is read: recognised by their beginning. */

import { packedAtStart } from './packed-base64.ts';

export interface Magic {
  readonly name: string;
  /** Where it begins in the file. */
  readonly at: number;
  readonly bytes: Buffer;
  /** A further condition, if something else may begin with these bytes. */
  readonly fits?: (head: Buffer) => boolean;
}

/** How an XML document of an office suite may begin. */
const OFFICE_BEGINNINGS = ['<?xml', '\u00ef\u00bb\u00bf<?xml', '<w:', '<p:', '<a:', '<sst', '<worksheet', '<office:'];
const NAMESPACES = [
  'schemas.openxmlformats.org/wordprocessingml/',
  'schemas.openxmlformats.org/spreadsheetml/',
  'schemas.openxmlformats.org/presentationml/',
  'schemas.openxmlformats.org/drawingml/',
  'purl.oclc.org/ooxml/',
  'schemas.microsoft.com/office/word/2003/wordml',
  'urn:oasis:names:tc:opendocument:xmlns:office',
].map((text) => Buffer.from(text));
/** The first element names them. */
const NAMESPACES_END = 8 * 1024;

function isOfficeText(head: Buffer): boolean {
  const start = head.subarray(0, NAMESPACES_END);
  return NAMESPACES.some((name) => start.includes(name));
}

/** A window has at least so many bytes of a file that continues. No more are read, so that all who see more say the same. */
const WINDOW = 256 * 1024;
const FIRST_CHUNK = 8;
/** Length, type and checksum of a chunk. */
const CHUNK = 12;

/** Whether a PNG has compressed text, or continues after these bytes. */
function hasPackedText(start: Buffer): boolean {
  const head = start.subarray(0, WINDOW);
  let at = FIRST_CHUNK;
  for (let next = at; at + 8 <= head.length; at = next) {
    const type = head.toString('latin1', at + 4, at + 8);
    next = at + CHUNK + head.readUInt32BE(at);
    if (type === 'zTXt' || (type === 'iTXt' && isCompressed(head.subarray(at + 8, next)))) return true;
    if (type === 'IEND') return false;
  }
  return head.length >= WINDOW;
}

/** After its keyword, international text says whether it is compressed. */
export function isCompressed(text: Uint8Array): boolean {
  return text[text.indexOf(0) + 1] === 1;
}

const [TRAILER, EXTENSION, IMAGE, COMMENT] = [0x3b, 0x21, 0x2c, 0xfe];
const FULL = 255;

/** Whether a GIF has a comment in several blocks, or continues after these bytes. */
function hasLongComment(start: Buffer): boolean {
  const head = start.subarray(0, WINDOW);
  for (const { isComment, blocks } of gifParts(head)) if (isComment && blocks[0]?.length === FULL) return true;
  return head.length >= WINDOW;
}

/** The parts of a GIF, each in blocks of up to 255 bytes, as far as they are there. */
export function* gifParts(
  bytes: Buffer,
): Generator<{ readonly isComment: boolean; readonly blocks: readonly Buffer[] }> {
  const tableAt = (at: number): number => ((bytes[at] ?? 0) >= 128 ? 3 * 2 ** ((bytes[at]! & 7) + 1) : 0);
  let at = 13 + tableAt(10);
  while (at < bytes.length && bytes[at] !== TRAILER) {
    const kind = bytes[at];
    if (kind !== EXTENSION && kind !== IMAGE) return;
    const isComment = kind === EXTENSION && bytes[at + 1] === COMMENT;
    at += kind === EXTENSION ? 2 : 11 + tableAt(at + 9);
    const blocks: Buffer[] = [];
    for (let size = bytes[at] ?? 0; size > 0; size = bytes[at] ?? 0) {
      if (isComment) blocks.push(bytes.subarray(at + 1, at + 1 + size));
      at += size + 1;
    }
    at++;
    yield { isComment, blocks };
  }
}

const magic = (name: string, bytes: Buffer, fits?: Magic['fits']): Magic => ({
  name,
  at: 0,
  bytes,
  ...(fits === undefined ? {} : { fits }),
});

export const DOCUMENTS: readonly Magic[] = [
  magic('sqlite', Buffer.from('SQLite format 3\0')),
  magic('sqlite wal', Buffer.from('377f0682', 'hex')),
  magic('sqlite wal', Buffer.from('377f0683', 'hex')),
  magic('png', Buffer.from('89504e470d0a1a0a', 'hex'), hasPackedText),
  ...['eJ', 'eN'].map((begin) => magic('base64', Buffer.from(begin), packedAtStart)),
  magic('gif', Buffer.from('GIF8'), hasLongComment),
  ...OFFICE_BEGINNINGS.map((begin) => magic('office text', Buffer.from(begin, 'latin1'), isOfficeText)),
];
