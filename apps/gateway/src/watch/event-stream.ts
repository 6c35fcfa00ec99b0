import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Logger } from '@necrocode/service-kit';

export interface StreamMessage {
  readonly id?: string;
  /** Absent for ordinary data. */
  readonly event?: 'end';
  readonly data: string;
}

/** A proxy closes what is silent; a client takes three of these without a sign for a dead connection. */
export const HEARTBEAT_MS = 15_000;

/** Reconnect soon: the stream goes on where it was. */
const PREAMBLE = 'retry: 500\n\n';

/**
 * Answers with a `text/event-stream` until the messages end, the client hangs up or `shutdown` aborts. The signal given to
 * `messages` says when nobody listens any more.
 */
export async function sendEventStream(
  reply: FastifyReply,
  messages: (signal: AbortSignal) => AsyncIterable<StreamMessage>,
  shutdown: AbortSignal,
  logger: Logger,
): Promise<void> {
  const { raw } = reply;
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, shutdown]);
  reply.header('content-type', 'text/event-stream; charset=utf-8').hijack();
  raw.writeHead(200, {
    ...sent(reply.getHeaders()),
    'x-accel-buffering': 'no',
  });
  raw.write(PREAMBLE);
  const heartbeat = setInterval(() => raw.write(': heartbeat\n\n'), HEARTBEAT_MS);
  try {
    for await (const message of messages(signal)) {
      if (signal.aborted) break;
      if (!raw.write(format(message))) await once(raw, 'drain', { signal });
    }
  } catch (error) {
    // Without an end the client opens it again behind the last message it saw.
    if (!signal.aborted) logger.warn({ err: error }, 'an event stream broke; its client will resume');
  } finally {
    clearInterval(heartbeat);
    raw.end();
  }
}

/** What hooks have set on the reply: a hijacked one does not send it by itself. */
function sent(headers: ReturnType<FastifyReply['getHeaders']>): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

function format({ id, event, data }: StreamMessage): string {
  const lines = [
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    // A carriage return ends a line here too: left inside, it would break the message in two.
    ...data.split(/\r\n|\r|\n/).map((line) => `data: ${line}`),
  ];
  return `${lines.join('\n')}\n\n`;
}
