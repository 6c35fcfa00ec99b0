import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import {
  type DrainedRunner,
  drainedRunner,
  type RunnerList,
  runnerList,
  runnerMonitorCommands,
  type TrustedRunner,
  trustedRunner,
} from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdParam } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { ReadModel } from '../read-model/read-model.js';
import { Services } from '../services/services.js';
import { presentRunner } from './present-runner.js';

@Controller('runners')
export class RunnerController {
  constructor(
    private readonly readModel: ReadModel,
    private readonly services: Services,
  ) {}

  @Get()
  @Operation({ summary: 'The runners and what each can hold', replies: { 200: runnerList } })
  async list(): Promise<RunnerList> {
    const rows = await this.readModel.runners();
    return { items: rows.map((row) => presentRunner(row.state, row.registered_at)) };
  }

  @Post(':runnerId/drain')
  @HttpCode(202)
  @Operation({
    summary: 'Let a runner finish what it has and give it nothing new',
    replies: { 202: drainedRunner },
    problems: ['malformed-id', 'runner-not-found'],
  })
  async drain(@IdParam('runnerId') runnerId: RunnerId, @FromCaller() caller: Caller): Promise<DrainedRunner> {
    await this.services.ask(runnerMonitorCommands.drainRunner, { runnerId }, caller);
    return { runnerId, status: 'draining' };
  }

  @Post(':runnerId/trust')
  @HttpCode(202)
  @Operation({
    summary: 'End the quarantine of a runner without a proof: somebody has looked',
    replies: { 202: trustedRunner },
    problems: ['malformed-id', 'runner-not-found'],
  })
  trust(@IdParam('runnerId') runnerId: RunnerId, @FromCaller() caller: Caller): Promise<TrustedRunner> {
    return this.services.ask(runnerMonitorCommands.trustRunner, { runnerId }, caller);
  }
}
