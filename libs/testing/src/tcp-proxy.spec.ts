import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

let server: Server;
let proxy: TcpProxy;
let seen: { heard: string; ended: number };
let client: Socket;

const open = async (): Promise<Socket> => {
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

beforeEach(async () => {
  const mine = { heard: '', ended: 0 };
  seen = mine;
  server = createServer((socket) => {
    socket.on('data', (bytes) => (mine.heard += bytes.toString()));
    socket.on('close', () => (mine.ended += 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpProxy((server.address() as AddressInfo).port);
  client = await open();
  client.write('a');
  await eventually(() => expect(seen.heard).toBe('a'));
});
afterEach(async () => {
  client.destroy();
  await proxy.close();
  server.close();
  await once(server, 'close');
});

describe('a wire that is cut', () => {
  it('lets nothing through until it is healed, then all of it in order, new connections included', async () => {
    proxy.cut();
    client.write('b');
    client.write('c');
    const later = await open();
    later.write('d');
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.heard).toBe('a');
    proxy.heal();
    await eventually(() => expect(seen.heard).toHaveLength(4));
    expect(seen.heard.replace('d', '')).toBe('abc');
    later.destroy();
  });

  it('tells nobody that the other side has gone', async () => {
    proxy.cut();
    client.destroy();
    await once(client, 'close');
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.ended).toBe(0);
    proxy.heal();
    await eventually(() => expect(seen.ended).toBe(1));
  });
});

describe('a wire that is down', () => {
  it('ends its connections and takes none, until it is up again on the same port', async () => {
    const ended = once(client, 'close');
    await proxy.down();
    await ended;
    await eventually(() => expect(seen.ended).toBe(1));
    await expect(open()).rejects.toThrow('ECONNREFUSED');
    await proxy.up();
    (await open()).end('e');
    await eventually(() => expect(seen.heard).toBe('ae'));
  });
});
