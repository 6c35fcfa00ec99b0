import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire between clients and a server on this machine that can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** The given URL by way of this wire. */
  through(url: string): string;
  /** Nothing passes either way and nobody is told, as in a partition: neither bytes nor the end of a connection. */
  cut(): void;
  /** What both sides had sent meanwhile comes through, in its order. */
  heal(): void;
  /** Ends every connection and takes no new one, as the kernel does for a process killed with SIGKILL. */
  down(): Promise<void>;
  /** Takes connections again, on the same port. @param to the server behind it from now on; default: the same */
  up(to?: number): Promise<void>;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let behind = targetPort;
  const sockets = new Set<Socket>();
  /** What waits for the wire to be whole. */
  let waiting: (() => void)[] = [];
  let isCut = false;
  const whenWhole = (go: () => void): void => {
    if (isCut) waiting.push(go);
    else go();
  };

  const relay = (from: Socket, to: Socket): void => {
    sockets.add(from.setNoDelay(true));
    if (isCut) from.pause();
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => from.destroy()); // The other side is told by its end.
    from.on('close', () => {
      sockets.delete(from);
      whenWhole(() => to.destroy());
    });
  };
  const accept = (client: Socket): void => {
    client.pause();
    whenWhole(() => {
      const target = connect(behind, '127.0.0.1');
      relay(client, target);
      relay(target, client);
      client.resume();
    });
  };
  const listen = async (at: number): Promise<Server> => {
    const listening = createServer(accept).listen(at, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  };

  let server = await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const { port } = address;
  const heal = (): void => {
    isCut = false;
    for (const socket of sockets) socket.resume();
    for (const go of waiting) go();
    waiting = [];
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    heal();
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    through: (url) => {
      const proxied = new URL(url);
      proxied.host = `127.0.0.1:${port}`;
      return proxied.href;
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    heal,
    down,
    async up(to = behind) {
      behind = to;
      server = await listen(port);
    },
    close: down,
  };
}
