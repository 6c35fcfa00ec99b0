import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import type { OutputChunk } from '@necrocode/contracts';
import type { ExecutionIdentity } from '@necrocode/domain';
import type { RunnerPublisher } from '@necrocode/messaging';

type Stream = 'stdout' | 'stderr';

/** Larger writes are cut: one message must stay far below the server's limit. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Publishes what a task writes. The pipes are always drained, so a task never blocks on us; what cannot be buffered
 * while NATS is away or slow is dropped, counted, and the next chunk says how much.
 */
export class Output {
  private droppedBytes = 0;
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly publisher: Pick<RunnerPublisher, 'publishOutput'>,
    private readonly execution: ExecutionIdentity,
    private readonly taskKey: string,
    /** The number of the last chunk before: whoever goes on where another has ended counts on behind it. */
    private sequence = 0,
  ) {}

  /**
   * @param onSettled told, in order, of bytes that are stored or given up
   * @returns when there is nothing more to read
   */
  follow(stream: Stream, from: Readable | null, onSettled: (bytes: number) => void = () => undefined): Promise<void> {
    const decoder = new StringDecoder('utf8');
    let before = Promise.resolve();
    from?.on('data', (chunk: Buffer) => {
      const pieces = [before];
      for (let start = 0; start < chunk.length; start += CHUNK_BYTES) {
        pieces.push(this.publish(stream, decoder.write(chunk.subarray(start, start + CHUNK_BYTES))));
      }
      // A place that cannot be kept makes a successor repeat more; nothing else depends on it.
      before = Promise.all(pieces)
        .then(() => onSettled(chunk.length))
        .catch(() => undefined);
    });
    from?.on('end', () => void this.publish(stream, decoder.end()));
    from?.on('error', () => undefined); // A pipe that breaks has nothing more to say; the tree's end is told elsewhere.
    return new Promise((resolve) => (from ? from.once('close', () => resolve()) : resolve()));
  }

  /** Resolves when it is stored or given up. */
  private async publish(stream: Stream, text: string): Promise<void> {
    if (text === '') return;
    const { executionId, jobId, runnerId } = this.execution;
    const droppedBytes = this.droppedBytes;
    const chunk: OutputChunk = {
      executionId,
      jobId,
      taskKey: this.taskKey,
      stream,
      sequence: (this.sequence += 1),
      text,
      ...(droppedBytes > 0 ? { droppedBytes } : {}),
      at: new Date().toISOString(),
    };
    this.droppedBytes = 0;
    const id = `${executionId}-output-${chunk.sequence}`;
    const stored = this.publisher.publishOutput({ runnerId, executionId, id, body: chunk }).catch(() => {
      this.droppedBytes += droppedBytes + Buffer.byteLength(text);
    });
    this.underWay.add(stored);
    await stored;
    this.underWay.delete(stored);
  }

  /** Resolves when everything written so far is stored or given up, at the latest after `withinMs`: whoever reads to the end of an execution has its last line. */
  async stored(withinMs: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([
      Promise.all(this.underWay),
      delay(withinMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
  }
}
