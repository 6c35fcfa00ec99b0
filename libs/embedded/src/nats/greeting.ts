import { connect } from 'node:net';

const ANSWER_WITHIN_MS = 1_000;

/** What a NATS server tells whoever connects. */
export interface Greeting {
  readonly server_name: string;
  /** Of a cluster: where clients may connect. */
  readonly connect_urls?: readonly string[];
}

/** The INFO line of the NATS server on this loopback port; undefined when none answers. */
export async function greeting(port: number): Promise<Greeting | undefined> {
  return new Promise((settle) => {
    let received = '';
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (info: Greeting | undefined): void => {
      socket.destroy();
      settle(info);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_WITHIN_MS, () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
    socket.on('data', (chunk: string) => {
      received += chunk;
      const info = /^INFO (\{.*\}) *\r\n/.exec(received)?.[1];
      if (info === undefined) return;
      try {
        finish(JSON.parse(info) as Greeting);
      } catch {
        finish(undefined); // Something that is no NATS server.
      }
    });
  });
}
