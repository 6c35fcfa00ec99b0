import type { MessagingConnection } from '../connect/connection.js';
import { pause } from '../timing/pause.js';
import { raceAbort } from '../timing/race-abort.js';
import { abortController } from '../timing/abort.js';
import { provisionStreams } from './provision-streams.js';

export type StreamsNotice =
  /** It had been there and was not: what it held is lost, as far as nobody has it. */
  { readonly kind: 'made-again'; readonly stream: string } | { readonly kind: 'failing'; readonly error: unknown };

export interface KeepStreamsOptions {
  readonly observe: (notice: StreamsNotice) => void;
  /** How long a lost stream that nobody writes to stays lost. Default 5 s. */
  readonly everyMs?: number;
}

/**
 * Makes a stream again that was lost, for as long as it runs. Who publishes or consumes does so too, at once; this is for the streams that
 * are only read now, and so that a loss is told. Any number of processes may.
 */
export function keepStreams(
  { manager, streams, link }: Pick<MessagingConnection, 'manager' | 'streams' | 'link'>,
  { observe, everyMs = 5_000 }: KeepStreamsOptions,
): { stop(): Promise<void> } {
  const stopping = abortController();
  const { signal } = stopping;
  let isFailing = false;

  const look = async (): Promise<void> => {
    await raceAbort(link.whenConnected(), signal);
    const provisioned = await raceAbort(raceAbort(provisionStreams(manager, streams), link.stretch), signal);
    for (const [stream, result] of provisioned) if (result === 'created') observe({ kind: 'made-again', stream });
    isFailing = false;
  };
  const running = (async () => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        if (!isFailing && !signal.aborted && link.state === 'connected') observe({ kind: 'failing', error });
        isFailing = true;
      });
      await pause(everyMs, signal);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
