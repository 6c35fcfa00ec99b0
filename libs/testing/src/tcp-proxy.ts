import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A wire between clients and a server on this machine that can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** Nothing passes either way and nobody is told, as in a partition: neither bytes nor the end of a connection. */
  cut(): void;
  /** What both sides had sent meanwhile comes through, in its order. */
  heal(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  /** What waits for the wire to be whole. */
  let waiting: (() => void)[] = [];
  let isCut = false;
  const whenWhole = (go: () => void): void => {
    if (isCut) waiting.push(go);
    else go();
  };

  const relay = (from: Socket, to: Socket): void => {
    sockets.add(from);
    if (isCut) from.pause();
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => from.destroy()); // The other side is told by its end.
    from.on('close', () => {
      sockets.delete(from);
      whenWhole(() => to.destroy());
    });
  };
  const server = createServer((client) => {
    client.pause();
    whenWhole(() => {
      const target = connect(targetPort, '127.0.0.1');
      relay(client, target);
      relay(target, client);
      client.resume();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');

  const heal = (): void => {
    isCut = false;
    for (const socket of sockets) socket.resume();
    for (const go of waiting) go();
    waiting = [];
  };
  return {
    port: address.port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    heal,
    async close() {
      heal();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
