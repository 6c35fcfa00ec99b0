import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

/** A TCP proxy before a server on this machine: what a killed process or a broken network looks like from the other side. */
export interface CutProxy {
  /** The given URL with the proxy's port. */
  url(serverUrl: string): string;
  /** Ends every connection and takes no new one, as the kernel does for a process killed with SIGKILL. */
  cut(): Promise<void>;
  /** Keeps every connection open and passes nothing on: a stopped process, or a network that swallows packets. */
  freeze(): void;
  /** Passes on what was held back. */
  thaw(): void;
  close(): Promise<void>;
}

export async function cutProxy(targetPort: number): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('error', () => undefined);
      if (frozen) socket.pause();
    }
    forward(client, target);
    forward(target, client);
  });
  const forward = (from: Socket, to: Socket): void => {
    from.on('data', (data) => to.write(data));
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: (serverUrl) => serverUrl.replace(/:\d+$/, `:${port}`),
    cut,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    close: cut,
  };
}
