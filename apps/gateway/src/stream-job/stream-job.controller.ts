import { Controller, createParamDecorator, type ExecutionContext, Get, Inject, Res } from '@nestjs/common';
import type { JobId } from '@necrocode/domain';
import { LOGGER, type Logger } from '@necrocode/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { IdParam } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { FollowOutput } from '../read-logs/follow-output.js';
import { OutputStream } from '../read-logs/output-stream.js';
import { StreamReader } from '../streams/stream-reader.js';
import { Shutdown } from '../wake/shutdown.js';
import { sendEventStream, type StreamMessage } from '../watch/event-stream.js';
import { endingWord } from './ending-word.js';
import { OutputLines } from './output-lines.js';
import { parseResumePoint, type ResumePoint } from './resume-point.js';

const LeftAt = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseResumePoint(context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id']),
);

/** A job's output line by line, and how it ended. Output is kept, so it can be read by nobody, late, or by many. */
@Controller()
export class StreamJobController {
  constructor(
    private readonly streams: StreamReader,
    private readonly output: OutputStream,
    private readonly follower: FollowOutput,
    private readonly shutdown: Shutdown,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('jobs/:jobId/stream')
  @Operation({
    summary: 'What the job writes, line by line, then `[DONE]`, `[ERROR] message` or `[CANCELLED]`',
    headers: { 'Last-Event-ID': 'Resume behind this message; nothing is lost and nothing comes twice.' },
    replies: {
      200: [
        {
          type: 'text/event-stream',
          schema: z.string(),
          description: 'One line per message. The last message is `[DONE]`, `[ERROR] message` or `[CANCELLED]`.',
        },
      ],
      204: null,
    },
    problems: ['malformed-id', 'validation-failed', 'job-not-found'],
  })
  async streamJob(
    @IdParam('jobId') jobId: JobId,
    @LeftAt() from: ResumePoint,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.streams.job(jobId);
    if (from.isEnd && job.endedAt !== null) {
      await reply.status(204).send();
      return;
    }
    await this.output.lastSequence(); // So that NATS being away is a problem, not a stream that breaks.
    const messages = (signal: AbortSignal) => this.#messages(jobId, from, signal);
    await sendEventStream(reply, messages, this.shutdown.signal, this.logger);
  }

  async *#messages(
    jobId: JobId,
    from: ResumePoint,
    signal: AbortSignal,
  ): AsyncGenerator<StreamMessage, void, undefined> {
    const lines = new OutputLines(from);
    for await (const output of this.follower.follow(jobId, from.after, signal)) {
      for (const line of lines.take(output)) yield message(line.text, line.id);
    }
    if (signal.aborted) return;
    for (const line of lines.rest()) yield message(line.text, line.id);
    const word = endingWord(await this.streams.job(jobId));
    if (word !== null) yield message(word, lines.endId);
  }
}

function message(data: string, id: string | undefined): StreamMessage {
  return { data, ...(id === undefined ? {} : { id }) };
}
