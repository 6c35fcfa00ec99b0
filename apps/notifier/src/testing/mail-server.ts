import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  readonly to: readonly string[];
  /** As it was sent, headers and all; lines that were broken to fit are whole again. */
  readonly text: string;
  readonly at: number;
}

export interface TestMailServer {
  readonly port: number;
  readonly mails: readonly Mail[];
  /** Whether mails are refused from now on, as by a server that is full. */
  refuse(refusing: boolean): void;
  close(): Promise<void>;
}

/** A real SMTP server on loopback that takes mails of whoever knows the password. */
export async function startMailServer(password: string): Promise<TestMailServer> {
  const mails: Mail[] = [];
  let refusing = false;
  const server = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, done) =>
      auth.password === password ? done(null, { user: auth.username }) : done(new Error('wrong password')),
    onData: (stream, session, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
      stream.on('end', () => {
        if (refusing) return done(Object.assign(new Error('try again later'), { responseCode: 452 }));
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: text.replaceAll('=\r\n', ''),
          at: Date.now(),
        });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    refuse: (now) => (refusing = now),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
