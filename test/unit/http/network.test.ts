/** Connections, and their time limits. */

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createNetwork, type HttpRequest } from '../../../src/http/network.ts';
import { listen } from '../../support/listen.ts';

const { send } = createNetwork();
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: {},
  signal: new AbortController().signal,
  idleTimeout: 5000,
  ...more,
});

async function textOf(body: AsyncIterable<Uint8Array>, work = 0): Promise<string> {
  let text = '';
  for await (const piece of body) {
    text += Buffer.from(piece).toString();
    await pause(work);
  }
  return text;
}

describe('time limits', () => {
  it('the time that the caller works on a chunk does not count', async () => {
    const { url } = await listen((_, response) => {
      response.write('one ');
      setTimeout(() => response.end('two'), 50);
    });
    const { body } = await send(get(url, { idleTimeout: 400 }));
    expect(await textOf(body, 700)).toBe('one two');
  });

  it('a server that falls silent ends the request', async () => {
    const { url } = await listen((_, response) => void response.write('one '));
    const { body } = await send(get(url, { idleTimeout: 200 }));
    await expect(textOf(body)).rejects.toThrow(/no response for/);
  });

  it('a response that never ends reaches the limit of the whole request', async () => {
    const { url } = await listen((_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const { body } = await send(get(url, { timeout: 300 }));
    await expect(textOf(body)).rejects.toThrow('took too long');
  });

  it('the caller can abort the request', async () => {
    const { url } = await listen(() => {});
    const asking = new AbortController();
    const answer = send(get(url, { signal: asking.signal }));
    setTimeout(() => asking.abort(), 50);
    await expect(answer).rejects.toThrow('interrupted');
  });
});

describe('connections', () => {
  it('connections are reused; one that the server closed meanwhile does not fail the request', async () => {
    const sockets = new Set<unknown>();
    const { url, server } = await listen((request, response) => {
      sockets.add(request.socket);
      response.end('ok');
    });
    server.keepAliveTimeout = 5000;
    for (let times = 0; times < 5; times++) expect(await textOf((await send(get(url))).body)).toBe('ok');
    expect(sockets.size).toBe(1);
    server.closeAllConnections();
    expect(await textOf((await send(get(url))).body)).toBe('ok');
  });

  it('only HTTPS and this machine are allowed', async () => {
    await expect(send(get('http://gitlab.example.com/'))).rejects.toThrow('only https://');
    await expect(send(get('ftp://127.0.0.1/'))).rejects.toThrow('only https://');
  });
});
