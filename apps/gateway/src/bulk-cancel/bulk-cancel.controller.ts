import { Controller, Get, Headers, HttpCode, Post, Res } from '@nestjs/common';
import {
  type AbortResult,
  abortResult,
  type BulkCancelBody,
  bulkCancelBody,
  type BulkResult,
  bulkResult,
  type BulkTargetPage,
  bulkTargetPage,
  type BulkTargetsQuery,
  bulkTargetsQuery,
  cancellationCommands,
  waitQuery,
} from '@necrocode/contracts';
import { type CancellationId, targetsOf } from '@necrocode/domain';
import type { FastifyReply } from 'fastify';
import { AwaitOutcome } from '../cancel/await-outcome.js';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdempotencyKey, uuidOfKey } from '../http/idempotency-key.js';
import { IdParam, ParsedBody, ParsedQuery } from '../http/parsed.js';
import { waitFor } from '../http/prefer-wait.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { BulkReader } from './bulk-reader.js';
import { bulkRequest } from './bulk-request.js';
import { presentBulkResult } from './bulk-result.js';

/** Cancels many jobs as one resource, shows what became of each, and stops what is not reached yet. */
@Controller('cancellations')
export class BulkCancelController {
  constructor(
    private readonly services: Services,
    private readonly bulks: BulkReader,
    private readonly outcome: AwaitOutcome,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    summary: 'Cancel many jobs: a batch, a queue, or all that a selector matches',
    description:
      'The jobs are fixed in one snapshot: what is submitted later is never caught. An empty selector matches nothing. ' +
      'Many jobs at once need `expectedCount`, or the `planToken` of a dry run.',
    query: waitQuery,
    body: bulkCancelBody,
    headers: {
      'Idempotency-Key': 'The same key and body again is the same request again; another body is a conflict.',
      Prefer: '`wait=30`: answer when the cancellation has an outcome, at the latest after 30 s.',
    },
    replies: { 200: bulkResult, 202: bulkResult },
    problems: [
      'validation-failed',
      'malformed-json',
      'unsupported-media-type',
      'body-too-large',
      'idempotency-conflict',
      'bulk-not-confirmed',
      'plan-changed',
    ],
  })
  async cancel(
    @ParsedBody(bulkCancelBody) body: BulkCancelBody,
    @ParsedQuery(waitQuery) { wait: waitMs }: { wait?: number },
    @Headers('prefer') prefer: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkResult> {
    const request = bulkRequest(body, caller, key);
    const { target } = body;
    if (body.dryRun) {
      const planned = await this.services.ask(cancellationCommands.planBulk, request, caller);
      reply.status(200);
      return presentBulkResult(target, { result: 'planned', cancellationId: null, ...planned });
    }
    const { planToken = null, expectedCount = null } = body;
    const commandId = key === undefined ? undefined : uuidOfKey(caller.principal, 'cancel', key);
    const order = { request, planToken, expectedCount };
    const { cancellationId, plan } = await this.services.ask(
      cancellationCommands.requestBulk,
      order,
      caller,
      commandId,
    );
    if (cancellationId === null) {
      reply.status(200);
      return presentBulkResult(target, { result: 'nothing-matched', cancellationId, plan });
    }
    reply.header('location', `/api/cancellations/${cancellationId}`);
    const wait = waitFor(waitMs, prefer);
    if (wait === null) return presentBulkResult(target, { result: 'accepted', cancellationId, plan });
    if (wait.applied !== null) reply.header('preference-applied', wait.applied);
    const cancellation = await this.outcome.until(cancellationId, wait.ms, () => this.bulks.show(cancellationId));
    reply.status(cancellation.certificate === null ? 202 : 200);
    return presentBulkResult(target, { result: 'accepted', cancellationId, plan, cancellation });
  }

  @Get(':cancellationId/targets')
  @Operation({
    summary: 'What became of each target of a bulk cancellation, in the order of its plan',
    query: bulkTargetsQuery,
    replies: { 200: bulkTargetPage },
    problems: ['malformed-id', 'validation-failed', 'cancellation-not-found'],
  })
  async targets(
    @IdParam('cancellationId') cancellationId: CancellationId,
    @ParsedQuery(bulkTargetsQuery) { outcome, limit, offset }: BulkTargetsQuery,
  ): Promise<BulkTargetPage> {
    const { bulk } = await this.bulks.load(cancellationId);
    const all = targetsOf(bulk).filter((target) => outcome === undefined || target.outcome === outcome);
    return { items: all.slice(offset, offset + limit), total: all.length, limit, offset };
  }

  @Post(':cancellationId/abort')
  @HttpCode(200)
  @Operation({
    summary: 'Stop a bulk cancellation where it is: what is reached is carried out, the rest is left alone',
    replies: { 200: abortResult },
    problems: ['malformed-id', 'cancellation-not-found', 'cancellation-not-abortable'],
  })
  async abort(
    @IdParam('cancellationId') cancellationId: CancellationId,
    @FromCaller() caller: Caller,
  ): Promise<AbortResult> {
    const order = { cancellationId, requestedBy: caller.principal };
    const { aborted } = await this.services.ask(cancellationCommands.abortBulk, order, caller);
    return { aborted, cancellation: await this.bulks.show(cancellationId) };
  }
}
