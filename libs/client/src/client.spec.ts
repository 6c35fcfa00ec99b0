import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ApiProblem } from './api-problem.js';
import { NecrocodeClient } from './necrocode-client.js';

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

let server: Server | undefined;
afterEach(async () => {
  const closing = server;
  server = undefined;
  if (!closing) return;
  const closed = new Promise((resolve) => closing.close(resolve));
  closing.closeAllConnections();
  await closed;
});

/** A server that answers as a gateway might, or might not. */
async function serve(answer: Answer, timeoutMs = 30_000): Promise<NecrocodeClient> {
  let count = 0;
  const listening = createServer((request, response) => answer(request, response, ++count));
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return new NecrocodeClient({ baseUrl: `http://127.0.0.1:${port}/`, token: 'the-token', timeoutMs });
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const problem = {
  type: 'urn:necrocode:problem:job-not-found',
  title: 'No job has this id.',
  status: 404,
  code: 'job-not-found',
  message: 'No job has this id.',
  hint: 'List the jobs.',
  retryable: false,
  category: 'not-found',
  traceId: 'abc',
};
const message = (id: number, data: unknown): string => `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

describe('a call', () => {
  it('carries the token, the key, the trace and the filter', async () => {
    const seen: IncomingMessage[] = [];
    const client = await serve((request, response) => {
      seen.push(request);
      json(response, 200, { items: [] });
    });
    await client.listJobs({ state: ['queued', 'running'], limit: 5 }, { traceparent: '00-a-b-01' });
    await client.cancelJob('job_1', {}, { idempotencyKey: 'k', waitMs: 1_500 });
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/jobs?state=queued&state=running&limit=5',
      'POST /api/jobs/job_1/cancel?wait=1500ms',
    ]);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer the-token', traceparent: '00-a-b-01' });
    expect(seen[1]?.headers).toMatchObject({ 'idempotency-key': 'k', 'content-type': 'application/json' });
  });

  it('throws the problem it was answered with', async () => {
    const client = await serve((_, response) => json(response, 404, problem));
    const refused = client.getJob('job_1');
    await expect(refused).rejects.toBeInstanceOf(ApiProblem);
    await expect(refused).rejects.toMatchObject({
      code: 'job-not-found',
      status: 404,
      hint: 'List the jobs.',
      traceId: 'abc',
    });
  });

  it.each<[string, Answer]>([
    ['a page in place of a problem', (_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>')],
    ['a page in place of an answer', (_, response) => response.writeHead(200).end('<h1>Hello</h1>')],
    ['JSON that is no problem', (_, response) => json(response, 400, { error: 'no' })],
  ])('names an answer that is not ours: %s', async (_, answer) => {
    const client = await serve(answer);
    await expect(client.getJob('job_1')).rejects.toMatchObject({ code: 'unreadable-answer', retryable: false });
  });

  it('says that nobody answers, and where', async () => {
    const client = new NecrocodeClient({ baseUrl: 'http://127.0.0.1:1', token: 't' });
    await expect(client.listRunners()).rejects.toMatchObject({
      code: 'gateway-unreachable',
      retryable: true,
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });

  it('says that the answer broke off', async () => {
    const client = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.socket?.destroy());
    });
    await expect(client.listRunners()).rejects.toMatchObject({ code: 'gateway-unreachable' });
  });

  it('says that the answer took too long', async () => {
    const client = await serve(() => undefined, 20);
    await expect(client.listRunners()).rejects.toMatchObject({ code: 'request-timed-out', retryable: true });
  });

  it('that is aborted throws the reason', async () => {
    const client = await serve(() => undefined);
    const stop = new AbortController();
    const asking = client.listRunners({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
  });

  it('shows what is not ready as an answer, not as a problem', async () => {
    const health = { service: 'gateway', status: 'not-ready', checks: [{ name: 'nats', ok: false }] };
    const client = await serve((_, response) => json(response, 503, health));
    await expect(client.ready()).resolves.toEqual(health);
  });
});

describe('a stream', () => {
  const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });
  const collect = async (events: AsyncIterable<unknown>): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for await (const event of events) seen.push(event);
    return seen;
  };

  it('goes on behind the last message when its connection breaks, and tells of it', async () => {
    const resumed: (string | string[] | undefined)[] = [];
    const client = await serve((request, response, count) => {
      resumed.push(request.headers['last-event-id']);
      if (count === 2)
        return json(response, 503, { ...problem, status: 503, code: 'store-unavailable', retryable: true });
      stream(response).write(message(count, { count }));
      if (count === 1) response.socket?.end();
      else response.end('id: 9\nevent: end\ndata: {}\n\n');
    });
    const codes: string[] = [];
    const events = client.watchJob('job_1', { onInterruption: ({ code }) => codes.push(code) });
    expect(await collect(events)).toEqual([{ count: 1 }, { count: 3 }]);
    expect(resumed).toEqual([undefined, '1', '1']);
    expect(codes).toEqual(['gateway-unreachable', 'store-unavailable']);
  });

  it('begins where the caller left it, and is over at once after the end', async () => {
    const client = await serve((request, response) => {
      expect(request.headers['last-event-id']).toBe('41');
      response.writeHead(204).end();
    });
    expect(await collect(client.watchCancellation('can_1', { lastEventId: '41' }))).toEqual([]);
  });

  it('ends with a problem that will not pass', async () => {
    const client = await serve((_, response, count) => {
      if (count > 1) return json(response, 404, problem);
      stream(response).end(message(1, {}));
    });
    await expect(collect(client.watchJob('job_1'))).rejects.toMatchObject({ code: 'job-not-found' });
  });

  it('that never opened is not tried again', async () => {
    const client = new NecrocodeClient({ baseUrl: 'http://127.0.0.1:1', token: 't' });
    await expect(collect(client.watchJob('job_1'))).rejects.toMatchObject({ code: 'gateway-unreachable' });
  });

  it('ends when its signal aborts', async () => {
    const stop = new AbortController();
    const client = await serve((_, response) => void stream(response).write(message(1, {})));
    const events = client.watchJob('job_1', { signal: stop.signal });
    await events.next();
    stop.abort(new Error('enough'));
    await expect(events.next()).rejects.toThrow('enough');
  });

  it('of output brings each chunk once, though a reconnect repeats some', async () => {
    const chunk = (sequence: number) => ({ executionId: 'exe_1', sequence });
    const client = await serve((_, response, count) => {
      stream(response).write(message(1, chunk(count)) + message(1, chunk(count + 1)));
      response.end(count === 2 ? 'event: end\ndata: {}\n\n' : '');
    });
    expect(await collect(client.followLogs('job_1'))).toEqual([chunk(1), chunk(2), chunk(3)]);
  });
});

describe('output so far', () => {
  it('that breaks off says so', async () => {
    const client = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"sequence":1}\n', () => response.socket?.destroy());
    });
    const reading = (async () => {
      for await (const _chunk of client.logs('job_1'));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'gateway-unreachable', retryable: true });
  });

  it('is read line by line, wherever the pieces of the answer are cut', async () => {
    const text = ['{"sequence":1,"text":"ä"}', '{"sequence":2,"text":"ö"}'].join('\n');
    const bytes = Buffer.from(text);
    const client = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/jsonl' });
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    const seen: unknown[] = [];
    for await (const chunk of client.logs('job_1')) seen.push(chunk);
    expect(seen).toEqual([
      { sequence: 1, text: 'ä' },
      { sequence: 2, text: 'ö' },
    ]);
  });
});
