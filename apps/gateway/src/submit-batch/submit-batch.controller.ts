import { Controller, Post, Res } from '@nestjs/common';
import {
  dispatcherCommands,
  type SubmitBatchBody,
  submitBatchBody,
  type SubmittedBatch,
  submittedBatch,
} from '@necrocode/contracts';
import type { Deadline } from '@necrocode/domain';
import { idOf, newId } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdempotencyKey, uuidOfKey } from '../http/idempotency-key.js';
import { ParsedBody } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { CANCEL_AFTER, CancelAfter } from '../submit-job/cancel-after.js';
import { jobToSubmit } from '../submit-job/job-to-submit.js';

@Controller()
export class SubmitBatchController {
  constructor(private readonly services: Services) {}

  @Post('batches')
  @Operation({
    summary: 'Submit many jobs at once, all of them or none',
    body: submitBatchBody,
    headers: {
      'Idempotency-Key': 'The same key and body again is the same batch again; another body is a conflict.',
      'Cancel-After': `Of each of the jobs. ${CANCEL_AFTER}`,
    },
    replies: { 201: submittedBatch, 200: submittedBatch },
    problems: [
      'validation-failed',
      'malformed-json',
      'unsupported-media-type',
      'body-too-large',
      'idempotency-conflict',
    ],
  })
  async submit(
    @ParsedBody(submitBatchBody) body: SubmitBatchBody,
    @IdempotencyKey() key: string | undefined,
    @CancelAfter() deadline: Deadline | undefined,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubmittedBatch> {
    const { principal } = caller;
    const batchId = key === undefined ? newId('batch') : idOf('batch', uuidOfKey(principal, 'batch', key));
    const jobs = body.jobs.map((job, index) => {
      const jobKey = key === undefined ? undefined : `${index} ${key}`;
      const { spec, tasks, jobId } = jobToSubmit(job, principal, jobKey, deadline);
      return { jobId, spec: { ...spec, batchId }, tasks: [...tasks] };
    });
    const commandId = key === undefined ? undefined : uuidOfKey(principal, 'submit-batch', key);
    const { repeated } = await this.services.ask(dispatcherCommands.submitBatch, { batchId, jobs }, caller, commandId);
    const link = `/api/jobs?batchId=${batchId}`;
    reply.status(repeated ? 200 : 201).header('location', link);
    return { batchId, repeated, jobIds: jobs.map(({ jobId }) => jobId), links: { jobs: link } };
  }
}
