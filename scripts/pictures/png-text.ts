/** A text in a PNG picture: which page it was made from. */

import { crc32 } from 'node:zlib';

const KEYWORD = 'glaive-page-sha256';
const SIGNATURE_BYTES = 8;
/** Length, type and checksum. */
const CHUNK_BYTES = 12;

/** Width and height in pixels, and the text if it has one. */
export function readPng(png: Buffer): { readonly width: number; readonly height: number; readonly page?: string } {
  const text = chunksOf(png).find(
    ({ type, data }) => type === 'tEXt' && data.toString('latin1').startsWith(`${KEYWORD}\0`),
  );
  const size = { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
  return text === undefined ? size : { ...size, page: text.data.toString('latin1').slice(KEYWORD.length + 1) };
}

/** The picture with the text in front of its last chunk. */
export function withPage(png: Buffer, page: string): Buffer {
  const body = Buffer.from(`tEXt${KEYWORD}\0${page}`, 'latin1');
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  checksum.writeUInt32BE(crc32(body));
  const end = png.length - CHUNK_BYTES;
  return Buffer.concat([png.subarray(0, end), length, body, checksum, png.subarray(end)]);
}

function chunksOf(png: Buffer): { readonly type: string; readonly data: Buffer }[] {
  const chunks = [];
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + CHUNK_BYTES;
  }
  return chunks;
}
