/** Servers on loopback that end with the test. */

import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificates.ts';

/** Starts it; gives its address. */
export async function listen(
  answer: RequestListener,
  certificate?: Certificate,
  hostname = certificate === undefined ? '127.0.0.1' : 'localhost',
): Promise<{ readonly url: string; readonly port: number; readonly server: Server }> {
  const server = certificate === undefined ? createHttp(answer) : createHttps(certificate, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${certificate === undefined ? 'http' : 'https'}://${hostname}:${port}`, port, server };
}

/** The body of a request. */
export async function bodyOf(request: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
