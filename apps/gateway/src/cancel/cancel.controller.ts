import { Controller, Delete, Headers, HttpCode, Post, Res } from '@nestjs/common';
import {
  type CancelJobBody,
  cancelJobBody,
  type CancellationResult,
  cancellationResult as cancellationResultSchema,
  type CancelTaskBody,
  cancelTaskBody,
  cancellationCommands,
  dispatcherCommands,
  waitQuery,
} from '@necrocode/contracts';
import type { CancellationTarget, JobId, TaskId } from '@necrocode/domain';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdempotencyKey, uuidOfKey } from '../http/idempotency-key.js';
import { IdParam, ParsedBody, ParsedQuery } from '../http/parsed.js';
import { waitFor } from '../http/prefer-wait.js';
import { Operation, type OperationDescription } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { AwaitOutcome } from './await-outcome.js';
import { cancellationRequest } from './cancellation-request.js';
import { cancellationResult, dryRunResult } from './cancellation-result.js';

const asked = {
  query: waitQuery,
  headers: {
    'Idempotency-Key': 'The same key and body again is the same request again; another body is a conflict.',
    Prefer: '`wait=30`: answer when the cancellation has an outcome, at the latest after 30 s.',
  },
  replies: { 200: cancellationResultSchema, 202: cancellationResultSchema },
} as const satisfies Partial<OperationDescription>;
const bodyProblems = ['validation-failed', 'malformed-json', 'unsupported-media-type', 'body-too-large'] as const;

interface Asking {
  readonly body: CancelJobBody;
  readonly key: string | undefined;
  readonly waitMs: number | undefined;
  readonly prefer: string | undefined;
  readonly caller: Caller;
  readonly reply: FastifyReply;
}

/** The shortest way from a request to its durable record: parse, ask one service once, answer. Nothing else is read. */
@Controller()
export class CancelController {
  constructor(
    private readonly services: Services,
    private readonly outcome: AwaitOutcome,
  ) {}

  @Delete('jobs/:jobId')
  @HttpCode(202)
  @Operation({ ...asked, summary: 'Cancel a job with the defaults', problems: ['malformed-id', 'job-not-found'] })
  deleteJob(
    @IdParam('jobId') jobId: JobId,
    @ParsedQuery(waitQuery) { wait: waitMs }: { wait?: number },
    @Headers('prefer') prefer: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CancellationResult> {
    return this.cancel({ kind: 'job', jobId }, { body: cancelJobBody.parse({}), key, waitMs, prefer, caller, reply });
  }

  @Post('jobs/:jobId/cancel')
  @HttpCode(202)
  @Operation({
    ...asked,
    summary: 'Cancel a job: signal, grace period, force, proof',
    body: cancelJobBody,
    problems: ['malformed-id', 'job-not-found', 'idempotency-conflict', 'plan-changed', ...bodyProblems],
  })
  cancelJob(
    @IdParam('jobId') jobId: JobId,
    @ParsedBody(cancelJobBody) body: CancelJobBody,
    @ParsedQuery(waitQuery) { wait: waitMs }: { wait?: number },
    @Headers('prefer') prefer: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CancellationResult> {
    return this.cancel({ kind: 'job', jobId }, { body, key, waitMs, prefer, caller, reply });
  }

  @Post('tasks/:taskId/cancel')
  @HttpCode(202)
  @Operation({
    ...asked,
    summary: 'Cancel one task, with what depends on it or without',
    body: cancelTaskBody,
    problems: ['malformed-id', 'task-not-found', 'idempotency-conflict', 'plan-changed', ...bodyProblems],
  })
  async cancelTask(
    @IdParam('taskId') taskId: TaskId,
    @ParsedBody(cancelTaskBody) { cascade, ...body }: CancelTaskBody,
    @ParsedQuery(waitQuery) { wait: waitMs }: { wait?: number },
    @Headers('prefer') prefer: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CancellationResult> {
    const { jobId } = await this.services.ask(dispatcherCommands.findTask, { taskId }, caller);
    return this.cancel({ kind: 'task', jobId, taskId, cascade }, { body, key, waitMs, prefer, caller, reply });
  }

  private async cancel(
    target: CancellationTarget,
    { body, key, waitMs, prefer, caller, reply }: Asking,
  ): Promise<CancellationResult> {
    const request = cancellationRequest(target, body, caller, key);
    const planToken = body.planToken ?? null;
    if (body.dryRun) {
      reply.status(200);
      return dryRunResult(
        target,
        await this.services.ask(cancellationCommands.planCancellation, { request, planToken }, caller),
      );
    }
    const commandId = key === undefined ? undefined : uuidOfKey(caller.principal, 'cancel', key);
    const answer = await this.services.ask(
      cancellationCommands.requestCancellation,
      { request, planToken },
      caller,
      commandId,
    );
    const { cancellationId, result } = answer;
    if (cancellationId !== null) reply.header('location', `/api/cancellations/${cancellationId}`);
    const underWay = result === 'accepted' || result === 'joined';
    if (!underWay || cancellationId === null) {
      reply.status(200);
      return cancellationResult(target, answer, null);
    }
    const wait = waitFor(waitMs, prefer);
    if (wait === null) return cancellationResult(target, answer, null);
    if (wait.applied !== null) reply.header('preference-applied', wait.applied);
    const cancellation = await this.outcome.within(cancellationId, wait.ms);
    reply.status(cancellation.endedAt === null ? 202 : 200);
    return cancellationResult(target, answer, cancellation);
  }
}
