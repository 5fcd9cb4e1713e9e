/** PNG pictures with few bytes, and with a text in them that names the page that they show. */

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const KEYWORD = 'glaive-page-sha256';
const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Length, type and checksum. */
const CHUNK_BYTES = 12;
const COLORS = 256;
/** Squares of the differences of the channels, added up: colours this near look the same. */
const ALIKE = 100;
/** Bytes of a pixel: red, green, blue. */
const RGB = 3;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Width and height in pixels, and the text if it has one. */
export function readPng(png: Buffer): { readonly width: number; readonly height: number; readonly page?: string } {
  const text = chunksOf(png).find(({ type, data }) => type === 'tEXt' && data.includes(`${KEYWORD}\0`));
  const size = { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
  return text === undefined ? size : { ...size, page: text.data.toString('latin1', KEYWORD.length + 1) };
}

/** The picture in 256 colours, which takes a third of the bytes, with the text. @param png in RGB, as Chromium makes them */
export function smallPng(png: Buffer, page: string): Buffer {
  const pixels = pixelsOf(png);
  const { width, height } = readPng(png);
  const { palette, indexOf } = paletteOf(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rows[y * (width + 1) + 1 + x] = indexOf.get(pixels.readUIntBE((y * width + x) * RGB, RGB))!;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits for each index
  header[9] = 3; // indexes into a palette
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('tEXt', Buffer.from(`${KEYWORD}\0${page}`, 'latin1')),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + CHUNK_BYTES;
  }
  return chunks;
}

/** Colours that differ, the most frequent first, and for each colour the index of the nearest of them. */
function paletteOf(pixels: Buffer): { readonly palette: Buffer; readonly indexOf: ReadonlyMap<number, number> } {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += RGB) {
    const color = pixels.readUIntBE(at, RGB);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const colors = [...counts].toSorted(([a, many], [b, few]) => few - many || a - b).map(([color]) => color);
  const distance = (a: number, b: number): number =>
    [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2, 0);
  // A colour that is much like a more frequent one needs no place of its own; so the rare ones get one, too.
  const kept: number[] = [];
  for (const color of colors)
    if (kept.length < COLORS && kept.every((other) => distance(color, other) > ALIKE)) kept.push(color);
  const palette = Buffer.alloc(kept.length * RGB);
  for (const [index, color] of kept.entries()) palette.writeUIntBE(color, index * RGB, RGB);
  const nearest = (color: number): number =>
    kept.reduce((best, other, index) => (distance(color, other) < distance(color, kept[best]!) ? index : best), 0);
  return { palette, indexOf: new Map(colors.map((color) => [color, nearest(color)])) };
}

/** The pixels of a picture in RGB, without the filters of its rows (PNG specification, section 9). */
function pixelsOf(png: Buffer): Buffer {
  if (png[24] !== 8 || png[25] !== 2) throw new Error('this is no PNG in RGB with 8 bits a channel');
  const { width, height } = readPng(png);
  const data = chunksOf(png).filter(({ type }) => type === 'IDAT');
  const raw = inflateSync(Buffer.concat(data.map((one) => one.data)));
  const stride = width * RGB;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < RGB ? 0 : pixels[at - RGB]!;
      const above = y === 0 ? 0 : pixels[at - stride]!;
      const corner = x < RGB || y === 0 ? 0 : pixels[at - stride - RGB]!;
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      pixels[at] = (raw[y * (stride + 1) + 1 + x]! + predicted) & 255;
    }
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
