import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** No byte for this long means the connection is dead: the gateway sends a heartbeat each 15 s. */
const LONGEST_SILENCE_MS = 45_000;

/** The connection has been silent for longer than its heartbeats allow. */
export class StreamSilent extends Error {
  override readonly name = 'StreamSilent';
}

/** The messages of one connection, until it ends or breaks. Leaving the loop closes it. */
export async function* readMessages(
  body: ReadableStream<Uint8Array>,
  longestSilenceMs = LONGEST_SILENCE_MS,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), longestSilenceMs);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function withinSilence<T>(reading: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StreamSilent(`nothing was heard for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([reading, silent]);
  } finally {
    clearTimeout(timer);
  }
}
