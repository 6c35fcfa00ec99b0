import { Controller, Post, Res } from '@nestjs/common';
import {
  dispatcherCommands,
  type SubmitJobBody,
  submitJobBody,
  type SubmittedJob,
  submittedJob,
} from '@necrocode/contracts';
import type { Deadline } from '@necrocode/domain';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdempotencyKey, uuidOfKey } from '../http/idempotency-key.js';
import { ParsedBody } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { CANCEL_AFTER, CancelAfter } from './cancel-after.js';
import { jobToSubmit } from './job-to-submit.js';

@Controller()
export class SubmitJobController {
  constructor(private readonly services: Services) {}

  @Post('jobs')
  @Operation({
    summary: 'Submit a job: a DAG of tasks, each an operating-system process',
    body: submitJobBody,
    headers: {
      'Idempotency-Key': 'The same key and body again is the same job again; another body is a conflict.',
      'Cancel-After': CANCEL_AFTER,
    },
    replies: { 201: submittedJob, 200: submittedJob },
    problems: [
      'validation-failed',
      'malformed-json',
      'unsupported-media-type',
      'body-too-large',
      'idempotency-conflict',
    ],
  })
  async submit(
    @ParsedBody(submitJobBody) body: SubmitJobBody,
    @IdempotencyKey() key: string | undefined,
    @CancelAfter() deadline: Deadline | undefined,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubmittedJob> {
    const job = jobToSubmit(body, caller.principal, key, deadline);
    const commandId = key === undefined ? undefined : uuidOfKey(caller.principal, 'submit', key);
    const { jobId, repeated } = await this.services.ask(
      dispatcherCommands.submitJob,
      { ...job, tasks: [...job.tasks] },
      caller,
      commandId,
    );
    const self = `/api/jobs/${jobId}`;
    reply.status(repeated ? 200 : 201).header('location', self);
    return {
      jobId,
      repeated,
      tasks: job.tasks.map(({ taskId, key: taskKey }) => ({ taskId, key: taskKey })),
      links: { self, events: `${self}/events`, logs: `${self}/logs` },
    };
  }
}
