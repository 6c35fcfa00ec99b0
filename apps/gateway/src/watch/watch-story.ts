import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import { type Story, Timeline } from '../read-model/timeline.js';
import { Shutdown } from '../wake/shutdown.js';
import { sendEventStream, type StreamMessage } from './event-stream.js';

/** Sends a job's or a cancellation's events as they come; 204 when all of them had been sent before. */
@Injectable()
export class WatchStory {
  constructor(
    private readonly timeline: Timeline,
    private readonly shutdown: Shutdown,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async send(reply: FastifyReply, story: Story, after: bigint): Promise<void> {
    const end = await this.timeline.end(story);
    if (end !== null && after >= end) {
      await reply.status(204).send();
      return;
    }
    const messages = (signal: AbortSignal) => this.#messages(story, after, signal);
    await sendEventStream(reply, messages, this.shutdown.signal, this.logger);
  }

  async *#messages(story: Story, after: bigint, signal: AbortSignal): AsyncGenerator<StreamMessage, void, undefined> {
    const end = yield* this.#entries(story, after, signal);
    if (end !== undefined) yield { id: end.toString(), event: 'end', data: '{}' };
  }

  async *#entries(
    story: Story,
    after: bigint,
    signal: AbortSignal,
  ): AsyncGenerator<StreamMessage, bigint | undefined, undefined> {
    const entries = this.timeline.follow(story, after, signal);
    try {
      for (;;) {
        const { done, value } = await entries.next();
        if (done) return value;
        yield { id: value.position.toString(), data: value.event };
      }
    } finally {
      await entries.return(undefined);
    }
  }
}
