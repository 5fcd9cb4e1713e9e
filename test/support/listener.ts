/** A socket that records every byte that it receives, and sends the given responses. */

import { createServer, type Socket } from 'node:net';
import { type AddressInfo, connect } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Listener {
  readonly port: number;
  /** Everything that was sent to it, latin1. */
  received(): string;
  connections(): number;
}

/** @param answer what it says to each connection once something has come */
export async function listener(
  answer: (socket: Socket, said: string) => void = (socket) => void socket.end(),
  host = '127.0.0.1',
): Promise<Listener> {
  let received = '';
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      answer(socket, bytes.toString('latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    received: () => received,
    connections: () => connections,
  };
}

export interface Proxy extends Listener {
  /** What was asked of it, before anything was passed on. */
  readonly requests: readonly string[];
  readonly url: string;
}

/** A proxy that does what it is asked by CONNECT, and takes down what passes. @param refusal what it says instead */
export async function connectProxy(refusal?: string): Promise<Proxy> {
  const requests: string[] = [];
  const joined = new WeakSet<Socket>();
  const base = await listener((socket, said) => {
    if (joined.has(socket)) return;
    requests.push(said);
    const target = /^CONNECT ([^\s:]+):(\d+) /.exec(said);
    if (refusal !== undefined || target === null) {
      socket.end(refusal ?? 'HTTP/1.1 405 No\r\n\r\n');
      return;
    }
    joined.add(socket);
    const onward = connect(Number(target[2]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward);
      onward.pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  return { ...base, requests, url: `http://127.0.0.1:${base.port}` };
}
