import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent } from '@necrocode/contracts';

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: CloudEvent;
}

/** What an endpoint answers: a status, with headers, or never. */
export type Script = number | { readonly status: number; readonly headers: Record<string, string> } | 'never';

export interface TestEndpoint {
  readonly url: string;
  readonly received: readonly Received[];
  /** How it answers from now on. */
  answer(decide: (message: Received) => Script): void;
  /** The names of events that came, in order. */
  types(): readonly string[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback that keeps what it is sent. */
export async function startEndpoint(): Promise<TestEndpoint> {
  const received: Received[] = [];
  let decide: (message: Received) => Script = () => 204;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const message = {
        headers: request.headers as Record<string, string>,
        body,
        event: JSON.parse(body) as CloudEvent,
      };
      received.push(message);
      const script = decide(message);
      if (script === 'never') return;
      if (typeof script === 'number') response.writeHead(script).end();
      else response.writeHead(script.status, script.headers).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: (next) => (decide = next),
    types: () => received.map(({ event }) => event.eventtype),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
