import type { NecrocodeClient } from '@necrocode/client';
import type { CancellationResource } from '@necrocode/contracts';
import { detachable } from '../terminal/detachable.js';
import type { Format } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { eventLine } from './event-line.js';

export interface WatchOptions {
  readonly format: Format;
  /** An interim outcome (partial, unconfirmed) does not end the watching. */
  readonly untilCompleted?: boolean;
  /** Stop waiting after so long, ms; the cancellation goes on. */
  readonly withinMs?: number | undefined;
}

const SETTLED: ReadonlySet<string> = new Set([
  'CancellationCompleted',
  'CancellationLeftPartial',
  'CancellationLeftUnconfirmed',
  'CancellationUndone',
]);

const FINAL: ReadonlySet<string> = new Set(['CancellationCompleted', 'CancellationUndone']);

/** Shows a cancellation as it happens, until it has an outcome. Ctrl-C detaches; it never means "not cancelled". */
export async function watchCancellation(
  client: NecrocodeClient,
  terminal: Terminal,
  cancellationId: string,
  { format, withinMs, untilCompleted = false }: WatchOptions,
): Promise<CancellationResource> {
  await detachable(terminal, `necrocode cancellation show ${cancellationId}`, async (detached) => {
    const timeout = withinMs === undefined ? undefined : AbortSignal.timeout(withinMs);
    const signal = timeout ? AbortSignal.any([detached, timeout]) : detached;
    try {
      let requestedAt: number | undefined;
      for await (const event of client.watchCancellation(cancellationId, { signal })) {
        requestedAt ??= Date.parse((event.data as { requestedAt?: string }).requestedAt ?? event.time);
        if (format === 'ndjson') terminal.data(JSON.stringify(event));
        const line = eventLine(event, requestedAt);
        if (line !== null) terminal.say(line);
        if (SETTLED.has(event.eventtype) && (!untilCompleted || FINAL.has(event.eventtype))) return;
      }
    } catch (error) {
      if (!timeout?.aborted) throw error;
    }
  });
  return client.getCancellation(cancellationId);
}
