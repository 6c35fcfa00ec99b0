import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy in front of PostgreSQL that can lose an answer. */
export interface CuttableProxy {
  readonly url: string;
  /** Lets the next request of any connection reach the server, and cuts that connection when the answer comes. */
  loseNextAnswer(): void;
  /** Cuts every connection. */
  cutAll(): void;
  close(): Promise<void>;
}

export async function startCuttableProxy(url: string): Promise<CuttableProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let losing = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let doomed = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (request) => {
      if (losing) {
        losing = false;
        doomed = true;
      }
      upstream.write(request);
    });
    upstream.on('data', (answer) => {
      if (doomed) client.destroy();
      else client.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const front = new URL(url);
  front.port = String(address.port);
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: front.href,
    loseNextAnswer: () => {
      losing = true;
    },
    cutAll,
    close: async () => {
      cutAll();
      server.close();
      await once(server, 'close');
    },
  };
}
