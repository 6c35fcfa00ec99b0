import {
  type CancellationPlanResource,
  type CommandMeta,
  dispatcherCommands,
  runnerMonitorCommands,
} from '@necrocode/contracts';
import {
  type AlreadyEnded,
  alreadyEnded,
  type CancellationId,
  type CancellationPlan,
  type CancellationRequest,
  drawUpPlan,
  endedBy,
  type ExecutionIdentity,
  type JobFacts,
  planChanges,
  type PlanItem,
  planItems,
  planTargets,
} from '@necrocode/domain';
import { CodedError, type CommandClient } from '@necrocode/service-kit';
import type { OpenTargets } from '../saga/open-targets.js';
import { itemsOf, planTokenOf } from './plan-token.js';
import { presentPlan } from './present-plan.js';

export type PlanAnswer =
  | { readonly outcome: 'planned'; readonly plan: CancellationPlanResource }
  | { readonly outcome: 'ended'; readonly result: AlreadyEnded; readonly cancellationId: CancellationId | null };

/** A plan as it would be carried out now. */
interface DrawnPlan {
  readonly before: JobFacts;
  readonly plan: CancellationPlan;
  /** There is something that is not over. */
  readonly blocks: boolean;
  readonly joins: CancellationId | null;
  readonly items: readonly PlanItem[];
}

/** A dry run: the same decisions as those of a cancellation, and nothing is stored anywhere. */
export class PlanCancellation {
  constructor(
    private readonly targets: OpenTargets,
    private readonly commands: CommandClient,
  ) {}

  /** @throws {CodedError} `plan-changed` when a token came with it that stands for another plan */
  async handle(request: CancellationRequest, planToken: string | null, meta: CommandMeta): Promise<PlanAnswer> {
    const drawn = await this.draw(request, meta);
    if (planToken !== null) expectUnchanged(itemsOf(planToken), drawn.items);
    const result = drawn.blocks ? null : alreadyEnded(request.target, drawn.before);
    if (result) return { outcome: 'ended', result, cancellationId: endedBy(request.target, drawn.before) };
    const { before, plan, joins, items } = drawn;
    const processes = await this.countProcesses(plan, meta);
    return {
      outcome: 'planned',
      plan: { ...presentPlan(request, plan, before, processes), joins, planToken: planTokenOf(items) },
    };
  }

  /** @throws {CodedError} `plan-changed`, naming what has changed */
  async expectPlan(request: CancellationRequest, planToken: string, meta: CommandMeta): Promise<void> {
    const agreed = itemsOf(planToken);
    expectUnchanged(agreed, (await this.draw(request, meta)).items);
  }

  private async draw(request: CancellationRequest, { actor, traceparent }: CommandMeta): Promise<DrawnPlan> {
    const { target, options, cancellationId, undoWindowMs } = request;
    const { jobId } = target;
    const scope = target.kind === 'task' ? target : { taskId: null, cascade: 'dependents' as const };
    const order = { cancellationId, jobId, taskId: scope.taskId, cascade: scope.cascade };
    const [preview, open] = await Promise.all([
      this.commands.ask(dispatcherCommands.previewBlock, order, { actor, traceparent }),
      this.targets.find(target),
    ]);
    const joins = open === cancellationId ? null : open;
    const { before, after, taskIds, spared } = preview;
    const plan = drawUpPlan(after, planTargets(target, after, taskIds), cancellationId, spared);
    return {
      before,
      plan,
      blocks: taskIds.length > 0,
      joins,
      items: planItems(plan, options, { cancellationId, joins, undoWindowMs }),
    };
  }

  /** By a fresh look of each runner; what it does not say is not known. */
  private async countProcesses(
    { executions }: CancellationPlan,
    { actor, traceparent }: CommandMeta,
  ): Promise<ReadonlyMap<ExecutionIdentity['executionId'], number>> {
    const counts = await Promise.all(
      executions.map(async ({ execution: { executionId, runnerId } }) => {
        const look = { runnerId, executionIds: [executionId], jobId: null };
        const asked = this.commands.ask(runnerMonitorCommands.inspectExecutions, look, { actor, traceparent });
        const found = await asked.catch(() => null);
        return found === null ? [] : [[executionId, found.survivors] as const];
      }),
    );
    return new Map(counts.flat());
  }
}

function expectUnchanged(agreed: readonly PlanItem[], now: readonly PlanItem[]): void {
  const changes = planChanges(agreed, now);
  if (changes.length === 0) return;
  const fields = changes.map(({ subject, before, now: is }) => ({
    path: 'planToken',
    message: `${subject}: was ${before ?? 'not in the plan'}, is ${is ?? 'not in it any more'}`,
  }));
  const named = fields.slice(0, NAMED).map(({ message }) => message);
  const more = fields.length - named.length;
  throw new CodedError(
    'plan-changed',
    { changes: [...named, ...(more > 0 ? [`${more} more`] : [])].join('; ') },
    { fields },
  );
}

/** Changes named in the message itself; all of them are in its fields. */
const NAMED = 3;
