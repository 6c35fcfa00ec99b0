import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { TOKEN } from './test-gateway.js';

export interface OpenStream {
  readonly status: number;
  readonly messages: readonly EventSourceMessage[];
  readonly comments: readonly string[];
  /** Resolves when the server ends the answer. */
  readonly ended: Promise<void>;
  /** Hangs up. */
  close(): Promise<void>;
}

/** An event stream as any client would open it; messages gather while it is open. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<OpenStream> {
  const hangUp = new AbortController();
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream', ...headers },
    signal: hangUp.signal,
  });
  const messages: EventSourceMessage[] = [];
  const comments: string[] = [];
  const parser = createParser({ onEvent: (event) => messages.push(event), onComment: (text) => comments.push(text) });
  const ended = (async () => {
    const decoder = new TextDecoder();
    const body: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
  })().catch((error: unknown) => {
    if (!hangUp.signal.aborted) throw error;
  });
  return {
    status: response.status,
    messages,
    comments,
    ended,
    close: async () => {
      hangUp.abort();
      await ended;
    },
  };
}
