import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AddressGuard } from '../guard-address/address-guard.js';
import { parseNetworks } from '../guard-address/networks.js';
import { sendMessage } from './send-message.js';

const loopback = new AddressGuard(parseNetworks('127.0.0.1'));
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function endpoint(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

const post = (url: string) => ({ url, headers: { 'content-type': 'text/plain' }, body: 'ü' });

describe('a message', () => {
  it('is delivered by any answer from 200 to 299, whole', async () => {
    const got: unknown[] = [];
    const url = await endpoint((request, response) => {
      request
        .setEncoding('utf8')
        .on('data', (body) => got.push(request.method, request.headers['content-length'], body));
      request.on('end', () => response.writeHead(204).end());
    });
    expect(await sendMessage(post(url), { guard: loopback, timeoutMs: 5_000 })).toMatchObject({
      delivered: true,
      status: 204,
      error: null,
    });
    expect(got).toEqual(['POST', '2', 'ü']);
  });

  it('is not delivered by a redirect, and nobody goes where it leads', async () => {
    let visits = 0;
    const target = await endpoint((_request, response) => ((visits += 1), response.end()));
    const url = await endpoint((_request, response) => response.writeHead(307, { location: target }).end());
    expect(await sendMessage(post(url), { guard: loopback, timeoutMs: 5_000 })).toMatchObject({
      delivered: false,
      status: 307,
    });
    expect(visits).toBe(0);
  });

  it('is not delivered by an endpoint that never answers, and that costs its timeout only', async () => {
    const url = await endpoint(() => undefined);
    expect(await sendMessage(post(url), { guard: loopback, timeoutMs: 100 })).toMatchObject({
      delivered: false,
      status: null,
      error: 'no answer within 100 ms',
    });
  });

  it('does not wait for a body that never ends', async () => {
    const url = await endpoint((_request, response) => void response.writeHead(200).write('and so on'));
    expect(await sendMessage(post(url), { guard: loopback, timeoutMs: 5_000 })).toMatchObject({ delivered: true });
  });

  it('ends at once when told to, which says nothing of the endpoint', async () => {
    const url = await endpoint(() => undefined);
    const stopping = new AbortController();
    const sent = sendMessage(post(url), { guard: loopback, timeoutMs: 60_000, signal: stopping.signal });
    stopping.abort(new Error('stopping'));
    await expect(sent).rejects.toThrow('stopping');
  });
});

describe('an address that is not public', () => {
  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '[::1]', '0'])(
    'is never connected to, written as %s',
    async (host) => {
      let connections = 0;
      const server = createTcpServer(() => (connections += 1)).listen(0);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      for (const scheme of ['http', 'https']) {
        const answer = await sendMessage(post(`${scheme}://${host}:${port}/`), {
          guard: new AddressGuard(),
          timeoutMs: 5_000,
        });
        expect(answer).toMatchObject({ delivered: false, status: null, error: 'its address is not a public one' });
      }
      expect(connections).toBe(0);
      server.close();
      await once(server, 'close');
    },
  );
});
