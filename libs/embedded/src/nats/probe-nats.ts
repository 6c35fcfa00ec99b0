import { connect } from 'node:net';

const ANSWER_WITHIN_MS = 1_000;

/** The `server_name` the NATS server on this loopback port announces in its INFO line; undefined when nobody answers. */
export async function probeNats(port: number): Promise<string | undefined> {
  return new Promise((settle) => {
    let received = '';
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (name: string | undefined): void => {
      socket.destroy();
      settle(name);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_WITHIN_MS, () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
    socket.on('data', (chunk: string) => {
      received += chunk;
      const name = /^INFO .*?"server_name":"([^"]*)".*\r\n/.exec(received);
      if (name) finish(name[1]);
    });
  });
}
