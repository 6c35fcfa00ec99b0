import { executionReport, type ExecutionReport } from '@necrocode/contracts';
import { type ExecutionIdentity, Rejection } from '@necrocode/domain';
import { type ReportDelivery, Unprocessable } from '@necrocode/messaging';
import { type Logger } from '@necrocode/service-kit';
import type { Cause } from '../cause.js';
import type { ExecutionStreams } from '../executions/execution-streams.js';
import type { RunnerStreams } from '../registry/runner-streams.js';
import type { EndingsAwaited } from '../stop-executions/endings-awaited.js';
import type { RecordOrphans } from '../sweep-inventories/record-orphans.js';
import type { StopsUnderWay } from '../stop-executions/stops-under-way.js';
import { commandOf } from './command-of.js';

type Ended = Extract<ExecutionReport, { kind: 'ended' }>;
type OrphanReport = Extract<ExecutionReport, { kind: 'orphan-ended' }>;
type Place = Pick<ExecutionIdentity, 'runnerId' | 'executionId'>;
type ReportCause = Cause & { readonly commandId: string };
type Report = Pick<ReportDelivery, 'id' | 'runnerId' | 'executionId' | 'body' | 'traceparent'>;

/** Turns what runners saw into events. The report's id names the command, so the same report again appends nothing. */
export class RecordReport {
  constructor(
    private readonly executions: ExecutionStreams,
    private readonly runners: RunnerStreams,
    private readonly orphans: RecordOrphans,
    private readonly stops: StopsUnderWay,
    private readonly endings: EndingsAwaited,
    private readonly logger: Logger,
  ) {}

  /** @throws {Unprocessable} when it is no report of that runner and execution, or from a future nobody assigned */
  async handle(delivery: Report): Promise<void> {
    const report = parse(delivery);
    // A signal's report may be quicker than the record of the stop that asked for it: the story is told in order.
    await this.stops.recorded(report.execution.executionId);
    const cause = {
      actor: `runner:${delivery.runnerId}`,
      commandId: delivery.id,
      traceparent: delivery.traceparent,
    };
    switch (report.kind) {
      case 'survived':
        return this.quarantine(report.execution, report.survivors, report.at, cause);
      case 'orphan-found':
        return this.orphans.found(report.execution.runnerId, report.orphan, report.processes, cause);
      case 'orphan-ended':
        return this.recordOrphanEnd(report, cause);
      default:
    }
    try {
      const state = await this.executions.handle(commandOf(report), cause);
      if (report.kind !== 'ended') return;
      if (state.status === 'ended') this.endings.recorded(report.execution.executionId, state);
      const counts = state.status === 'ended' && state.execution.fencingToken === report.execution.fencingToken;
      if (counts) await this.judgeRunner(report, cause);
    } catch (error) {
      if (error instanceof Rejection) return this.refuse(error, delivery);
      throw error;
    }
  }

  private async judgeRunner({ execution, ending, at }: Ended, cause: ReportCause): Promise<void> {
    const { survivors, forced, provenGoneAt } = ending.evidence;
    if (survivors > 0) return this.quarantine(execution, survivors, at, cause);
    // Only what was killed by force can have survived it.
    if (!forced || provenGoneAt === null) return;
    await this.recordSurvivorsGone(execution, at, cause);
  }

  private async recordSurvivorsGone({ runnerId, executionId }: Place, at: string, cause: ReportCause): Promise<void> {
    const command = { type: 'RecordSurvivorsGone' as const, runnerId, executionId, at };
    const decided = await this.runners.handle(runnerId, command, cause);
    if (decided.length > 0) this.logger.warn({ runnerId, executionId }, 'what had survived SIGKILL is gone');
  }

  /** An orphan that SIGKILL does not end is a survivor like any other. */
  private async recordOrphanEnd({ execution, orphan, processes, at }: OrphanReport, cause: ReportCause): Promise<void> {
    const { runnerId, executionId } = execution;
    if (processes > 0) return this.quarantine(execution, processes, at, cause);
    await this.orphans.ended(runnerId, orphan, cause);
    const another = { ...cause, commandId: `${cause.commandId}-gone` }; // Two commands, or the second is taken for the first.
    await this.recordSurvivorsGone({ runnerId, executionId }, at, another);
  }

  /** Survivors of a forced kill: nothing new is started on that host. */
  private async quarantine(
    { runnerId, executionId }: Place,
    survivors: number,
    at: string,
    cause: ReportCause,
  ): Promise<void> {
    const command = { type: 'QuarantineRunner' as const, runnerId, executionId, survivors, at };
    const decided = await this.runners.handle(runnerId, command, cause);
    if (decided.length === 0) return;
    this.logger.error({ runnerId, executionId, survivors }, 'processes survived SIGKILL; runner quarantined');
  }

  private refuse({ code }: Rejection, { id, executionId, runnerId }: Report): void {
    // A signal to an execution whose start was never reported (its agent died first): the ending lists every signal.
    if (code !== 'execution-not-found') throw new Unprocessable(code, `report ${id} of ${executionId} is refused`);
    this.logger.info({ executionId, runnerId, report: id, code }, 'report noted nowhere');
  }
}

function parse({ id, runnerId, executionId, body }: Report): ExecutionReport {
  const parsed = executionReport.safeParse(body);
  if (!parsed.success)
    throw new Unprocessable('malformed-report', `report ${id} is malformed`, { cause: parsed.error });
  const { execution } = parsed.data;
  if (execution.runnerId !== runnerId || execution.executionId !== executionId) {
    throw new Unprocessable('misaddressed-report', `report ${id} is not about ${executionId} on ${runnerId}`);
  }
  return parsed.data;
}
