import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionId } from '@necrocode/domain';

const STREAMS = ['stdout', 'stderr'] as const;
type Stream = (typeof STREAMS)[number];

/** How often a file that has ended is looked at for more, ms. */
const LOOK_MS = 50;

/** One read. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Output in files of the runner's home: a pipe breaks with its reader, and takes whoever writes into it along. So a task that
 * is to outlive its agent writes into files, and agents read behind it. How far they have passed it on is on disk: a successor
 * goes on there, and repeats what was read last rather than leave it out.
 */
export class OutputFiles {
  private readonly directory: string;

  constructor(runnerHome: string) {
    this.directory = join(runnerHome, 'output');
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
  }

  /** For the task to append to. The descriptors are ours to close once it has its own. */
  open(executionId: ExecutionId): Record<Stream, number> & { close(): void } {
    const [stdout, stderr] = STREAMS.map((stream) => openSync(this.path(executionId, stream), 'a', 0o600)) as [
      number,
      number,
    ];
    return { stdout, stderr, close: () => [stdout, stderr].forEach(closeSync) };
  }

  /** From where it was left. Ends with the file, once it is over: nobody writes there any more. */
  follow(executionId: ExecutionId, stream: Stream, over: AbortSignal): Readable {
    return Readable.from(this.read(this.path(executionId, stream), over));
  }

  /** So many bytes more need not be read again. */
  passed(executionId: ExecutionId, stream: Stream, bytes: number): void {
    const path = this.path(executionId, stream);
    writeFileSync(placeOf(path), String(placeIn(path) + bytes), { mode: 0o600 });
  }

  remove(executionId: ExecutionId): void {
    for (const stream of STREAMS) {
      const path = this.path(executionId, stream);
      for (const each of [path, placeOf(path)]) rmSync(each, { force: true });
    }
  }

  private async *read(path: string, over: AbortSignal): AsyncGenerator<Buffer> {
    const file = await open(path, 'r');
    try {
      for (let offset = placeIn(path); ;) {
        const wasOver = over.aborted;
        const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, offset);
        if (bytesRead > 0) {
          yield buffer.subarray(0, bytesRead);
          offset += bytesRead;
        } else if (wasOver) return;
        else await delay(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
      }
    } finally {
      await file.close();
    }
  }

  private path(executionId: ExecutionId, stream: Stream): string {
    return join(this.directory, `${executionId}.${stream}`);
  }
}

const placeOf = (path: string): string => `${path}.read`;

function placeIn(path: string): number {
  try {
    return Number(readFileSync(placeOf(path), 'utf8'));
  } catch {
    return 0; // Nothing of it has been passed on.
  }
}
