import { Injectable } from '@nestjs/common';
import type { ExecutionId, Job, JobId } from '@necrocode/domain';
import { StreamReader } from '../streams/stream-reader.js';
import { EventBell } from '../wake/event-bell.js';
import type { Listener } from '../wake/bell.js';
import { type OutputMessage, OutputStream } from './output-stream.js';

/** Output of a job as it is followed. */
export interface FollowedOutput extends OutputMessage {
  /** The point from which reading can resume without loss: not beyond its own place. */
  readonly resumeAt: number;
}

/** How late a new execution is noticed whose events were missed. */
const LOOK_EVERY_MS = 1_000;

interface Known {
  /** The last output there was when `job` was read: executions it does not name have written nothing up to here. */
  readonly tail: number;
  readonly job: Job;
}

/**
 * The output of a job whose executions are not all known yet. Output is kept by execution, so whenever the job gets a new one,
 * reading begins again at the last point that is certain; what comes twice by that is left out.
 */
@Injectable()
export class FollowOutput {
  constructor(
    private readonly output: OutputStream,
    private readonly streams: StreamReader,
    private readonly bell: EventBell,
  ) {}

  async *follow(jobId: JobId, after: number, signal: AbortSignal): AsyncGenerator<FollowedOutput, void, undefined> {
    const listener = this.bell.listenTo(`job-${jobId}`);
    const seen = new Map<ExecutionId, number>();
    let resumeAt = after;
    try {
      let known = await this.#look(jobId);
      for (;;) {
        const round = new Round(known);
        const watching = round.isOver ? Promise.resolve() : this.#watch(jobId, round, listener, signal);
        const stop = AbortSignal.any([signal, round.stop.signal]);
        try {
          for await (const { sequence, chunk } of this.output.read(round.ids, resumeAt, !round.isOver, stop)) {
            resumeAt = Math.max(resumeAt, Math.min(sequence, round.certain));
            if (chunk.sequence <= (seen.get(chunk.executionId) ?? 0)) continue;
            seen.set(chunk.executionId, chunk.sequence);
            yield { sequence, resumeAt, chunk };
          }
          await watching; // Without executions there is nothing to read yet.
        } finally {
          round.stop.abort();
          await watching;
        }
        if (signal.aborted || round.isOver) return;
        known = round.next ?? (await this.#look(jobId));
      }
    } finally {
      listener.close();
    }
  }

  /** Ends the round when the job has new executions or is over; until then says how far reading is certain. */
  async #watch(jobId: JobId, round: Round, listener: Listener, signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, round.stop.signal]);
    try {
      while (!stop.aborted) {
        await listener.wait(LOOK_EVERY_MS, stop);
        if (!stop.aborted) round.hear(await this.#look(jobId));
      }
    } catch {
      round.stop.abort(); // The next look says what is wrong.
    }
  }

  async #look(jobId: JobId): Promise<Known> {
    const tail = await this.output.lastSequence();
    return { tail, job: await this.streams.job(jobId) };
  }
}

/** Reading one set of executions. */
class Round {
  readonly stop = new AbortController();
  readonly ids: readonly ExecutionId[];
  readonly isOver: boolean;
  certain: number;
  next: Known | undefined;

  constructor({ tail, job }: Known) {
    this.ids = executionsOf(job);
    this.isOver = job.endedAt !== null;
    this.certain = tail;
  }

  hear(known: Known): void {
    if (executionsOf(known.job).length === this.ids.length && known.job.endedAt === null) {
      this.certain = known.tail;
      return;
    }
    this.next = known;
    this.stop.abort();
  }
}

function executionsOf(job: Job): readonly ExecutionId[] {
  return job.tasks.flatMap((task) => task.executionIds);
}
