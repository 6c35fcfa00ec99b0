import { dispatcherCommands, type RetriedJob, retriedJob, retryJobBody } from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import { idOf, newId } from '@necrocode/service-kit';
import { Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdempotencyKey, uuidOfKey } from '../http/idempotency-key.js';
import { IdParam, ParsedBody } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { StreamReader } from '../streams/stream-reader.js';
import { presentRetry } from './present-retry.js';

@Controller()
export class RetryJobController {
  constructor(
    private readonly services: Services,
    private readonly streams: StreamReader,
  ) {}

  @Post('jobs/:jobId/retry')
  @Operation({
    summary: 'Retry a job that failed or was cancelled: a new job that reuses its completed tasks and their artifacts',
    body: retryJobBody,
    headers: {
      'Idempotency-Key': 'The same key for the same job is the same retry; for another job it is a conflict.',
    },
    replies: { 201: retriedJob, 200: retriedJob },
    problems: [
      'malformed-id',
      'validation-failed',
      'malformed-json',
      'unsupported-media-type',
      'body-too-large',
      'job-not-found',
      'job-not-over',
      'job-completed',
      'job-not-cleaned',
      'job-already-retried',
      'idempotency-conflict',
    ],
  })
  async retry(
    @IdParam('jobId') jobId: JobId,
    @ParsedBody(retryJobBody) _: object,
    @IdempotencyKey() key: string | undefined,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RetriedJob> {
    const { principal } = caller;
    const retriedBy = key === undefined ? newId('job') : idOf('job', uuidOfKey(principal, 'retried job', key));
    const commandId = key === undefined ? undefined : uuidOfKey(principal, `retry ${jobId}`, key);
    const { repeated } = await this.services.ask(dispatcherCommands.retryJob, { jobId, retriedBy }, caller, commandId);
    reply.status(repeated ? 200 : 201).header('location', `/api/jobs/${retriedBy}`);
    return presentRetry(jobId, await this.streams.job(retriedBy), repeated);
  }
}
