import { Controller, Get, Headers, Res } from '@nestjs/common';
import { cloudEventSchema, eventList } from '@necrocode/contracts';
import type { CancellationId, JobId } from '@necrocode/domain';
import type { FastifyReply } from 'fastify';
import { isBulk } from '../bulk-cancel/bulk-reader.js';
import { IdParam } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Timeline } from '../read-model/timeline.js';
import { cancellationOf } from '../show-cancellation/cancellation-reader.js';
import { StreamReader } from '../streams/stream-reader.js';
import { LastEventId } from './last-event-id.js';
import { WatchStory } from './watch-story.js';

const LAST_EVENT_ID = { 'Last-Event-ID': 'Resume behind this event; its id is its `sequence`.' };
const eventStream = {
  type: 'text/event-stream',
  schema: cloudEventSchema,
  description: 'One CloudEvent per message, its position as id; `event: end` when nothing more is to come.',
};

@Controller()
export class WatchController {
  constructor(
    private readonly watch: WatchStory,
    private readonly timeline: Timeline,
    private readonly streams: StreamReader,
  ) {}

  @Get('cancellations/:cancellationId/events')
  @Operation({
    summary:
      'The events of a cancellation, live: steps, signals, ends, slots, cleanups; of a bulk, its chunks and the ends of its jobs',
    headers: LAST_EVENT_ID,
    replies: { 200: [eventStream], 204: null },
    problems: ['malformed-id', 'validation-failed', 'cancellation-not-found'],
  })
  async watchCancellation(
    @IdParam('cancellationId') id: CancellationId,
    @LastEventId() after: bigint,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const events = await this.streams.cancellationEvents(id);
    if (!isBulk(events)) cancellationOf(id, events);
    await this.watch.send(reply, { kind: 'cancellation', id }, after);
  }

  @Get('jobs/:jobId/events')
  @Operation({
    summary: 'The events of a job, live, or as a list with `Accept: application/json`',
    headers: LAST_EVENT_ID,
    replies: {
      200: [eventStream, { type: 'application/json', schema: eventList, description: 'The events so far.' }],
      204: null,
    },
    problems: ['malformed-id', 'validation-failed', 'job-not-found'],
  })
  async watchJob(
    @IdParam('jobId') id: JobId,
    @LastEventId() after: bigint,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.streams.job(id);
    if (wantsList(accept)) await this.#list(id, reply);
    else await this.watch.send(reply, { kind: 'job', id }, after);
  }

  async #list(id: JobId, reply: FastifyReply): Promise<void> {
    const entries = await this.timeline.all({ kind: 'job', id });
    // The entries are JSON already: reading them to write them again would change nothing.
    const body = `{"items":[${entries.map(({ event }) => event).join(',')}]}`;
    await reply.header('content-type', 'application/json; charset=utf-8').send(body);
  }
}

function wantsList(accept: string | undefined): boolean {
  return accept !== undefined && accept.includes('application/json') && !accept.includes('text/event-stream');
}
