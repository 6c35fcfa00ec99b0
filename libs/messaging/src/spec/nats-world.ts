import { startTestNats } from '@necrocode/testing';
import { type ConnectOptions, connectMessaging, type MessagingConnection } from '../connect/connection.js';

/** A nats-server of the spec's own, and connections that end with it. */
export interface NatsWorld extends AsyncDisposable {
  readonly server: Awaited<ReturnType<typeof startTestNats>>;
  connect(options?: Partial<ConnectOptions>): Promise<MessagingConnection>;
  /** Registers what must be closed before the server stops; last in, first out. */
  defer(close: () => Promise<unknown>): void;
}

export async function natsWorld(): Promise<NatsWorld> {
  const server = await startTestNats();
  const closing: (() => Promise<unknown>)[] = [() => server.stop()];
  return {
    server,
    async connect(options) {
      const connection = await connectMessaging({ url: server.url, name: 'spec', ...options });
      closing.push(() => connection.close());
      return connection;
    },
    defer: (close) => closing.push(close),
    async [Symbol.asyncDispose]() {
      for (const close of closing.reverse()) await close();
    },
  };
}
