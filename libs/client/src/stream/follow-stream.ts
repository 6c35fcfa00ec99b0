import { setTimeout as delay } from 'node:timers/promises';
import type { EventSourceMessage } from 'eventsource-parser';
import { ApiProblem, localProblem } from '../api-problem.js';
import type { HttpRequest, RequestOptions, Transport } from '../http/transport.js';
import { readMessages } from './read-messages.js';

export interface FollowOptions extends RequestOptions {
  /** Resume behind this id: the `sequence` of the last event that was seen. */
  readonly lastEventId?: string | undefined;
  /** Told each time the connection broke and is opened again; the stream itself goes on without a gap. */
  readonly onInterruption?: (problem: ApiProblem) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * The messages of a resumable event stream, without gap or repetition, until the gateway says it has ended. A broken
 * connection is opened again behind the last message for as long as it takes; the very first one is tried once.
 * @throws {ApiProblem} when it cannot be opened at first, or later for a reason that will not pass
 */
export async function* followStream(
  transport: Transport,
  request: Omit<HttpRequest, 'method'>,
  options: FollowOptions,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  let { lastEventId } = options;
  let opened = false;
  for (let failures = 0; ;) {
    try {
      const response = await open(transport, request, options, lastEventId);
      opened = true;
      if (response.status === 204 || response.body === null) return;
      for await (const message of readMessages(response.body)) {
        failures = 0;
        if (message.event === 'end') return;
        yield message;
        lastEventId = message.id ?? lastEventId;
      }
      throw localProblem('gateway-unreachable', { url: response.url });
    } catch (error) {
      options.signal?.throwIfAborted();
      const problem = asProblem(error);
      if (!opened || !problem.retryable) throw problem;
      options.onInterruption?.(problem);
      await delay(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), undefined, signalOf(options));
      failures += 1;
    }
  }
}

function open(
  transport: Transport,
  request: Omit<HttpRequest, 'method'>,
  options: FollowOptions,
  lastEventId: string | undefined,
): Promise<Response> {
  const headers = {
    ...request.headers,
    accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  return transport.send({ ...request, ...options, method: 'GET', headers });
}

/** Whatever breaks a connection that stood is a reason to open it again. */
function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : localProblem('gateway-unreachable', { url: 'the gateway' }, error);
}

function signalOf({ signal }: FollowOptions): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
