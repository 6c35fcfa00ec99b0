import { Readable } from 'node:stream';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { followQuery, outputChunk } from '@necrocode/contracts';
import type { Job, JobId } from '@necrocode/domain';
import { LOGGER, type Logger } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import { IdParam, ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { StreamReader } from '../streams/stream-reader.js';
import { Shutdown } from '../wake/shutdown.js';
import { sendEventStream, type StreamMessage } from '../watch/event-stream.js';
import { LastEventId } from '../watch/last-event-id.js';
import { FollowOutput } from './follow-output.js';
import { OutputStream } from './output-stream.js';

@Controller()
export class ReadLogsController {
  constructor(
    private readonly streams: StreamReader,
    private readonly output: OutputStream,
    private readonly follower: FollowOutput,
    private readonly shutdown: Shutdown,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('jobs/:jobId/logs')
  @Operation({
    summary: 'What the job wrote, one JSON object per chunk; with `follow=true` live, as an event stream',
    query: followQuery,
    headers: { 'Last-Event-ID': 'With `follow=true`: resume behind this message. A chunk may come twice.' },
    replies: {
      200: [
        { type: 'application/jsonl', schema: outputChunk, description: 'One chunk per line, in the order they came.' },
        {
          type: 'text/event-stream',
          schema: outputChunk,
          description: 'One chunk per message; `event: end` when the job has ended.',
        },
      ],
    },
    problems: ['malformed-id', 'validation-failed', 'job-not-found'],
  })
  async read(
    @IdParam('jobId') jobId: JobId,
    @ParsedQuery(followQuery) { follow }: { follow: boolean },
    @LastEventId() after: bigint,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.streams.job(jobId);
    await this.output.lastSequence(); // So that NATS being away is a problem, not a stream that breaks.
    if (follow) {
      const messages = (signal: AbortSignal) => this.#messages(jobId, Number(after), signal);
      await sendEventStream(reply, messages, this.shutdown.signal, this.logger);
    } else {
      await reply.header('content-type', 'application/jsonl; charset=utf-8').send(Readable.from(this.#lines(job)));
    }
  }

  async *#lines(job: Job): AsyncGenerator<string, void, undefined> {
    const executionIds = job.tasks.flatMap((task) => task.executionIds);
    for await (const { chunk } of this.output.read(executionIds, 0, false, this.shutdown.signal)) {
      yield `${JSON.stringify(chunk)}\n`;
    }
  }

  async *#messages(jobId: JobId, after: number, signal: AbortSignal): AsyncGenerator<StreamMessage, void, undefined> {
    for await (const { resumeAt, chunk } of this.follower.follow(jobId, after, signal)) {
      yield { id: String(resumeAt), data: JSON.stringify(chunk) };
    }
    if (!signal.aborted) yield { event: 'end', data: '{}' };
  }
}
