import { type Command, dispatcherCommands, runnerMonitorCommands } from '@necrocode/contracts';
import type { CancellationEffect, ExecutionIdentity, JobFacts, RunnerId, VerificationPass } from '@necrocode/domain';

type Verify = Extract<CancellationEffect, { type: 'verify' }>;
type Ask = <Body, Value>(command: Command<Body, Value>, body: Body) => Promise<Value>;

/** Two looks from outside, one after the other: processes and files on every runner involved, states and slots at their owner. */
export async function lookTwice(effect: Verify, ask: Ask): Promise<readonly VerificationPass[]> {
  const first = await look(effect, ask);
  return [first, await look(effect, ask)];
}

async function look(effect: Verify, ask: Ask): Promise<VerificationPass> {
  const [facts, findings] = await Promise.all([
    ask(dispatcherCommands.describeJob, { jobId: effect.jobId }),
    Promise.all(runnersOf(effect).map((runnerId) => inspect(effect, runnerId, ask))),
  ]);
  const sum = (pick: (finding: (typeof findings)[number]) => number): number =>
    findings.reduce((total, finding) => total + pick(finding), 0);
  return {
    survivors: sum(({ survivors }) => survivors),
    leftFiles: sum(({ leftFiles }) => leftFiles),
    heldSlots: heldSlots(effect, facts),
    openStates: openStates(effect, facts),
    at: new Date().toISOString(),
  };
}

function inspect({ executions, runnerId: workspaceRunner, wholeJob, jobId }: Verify, runnerId: RunnerId, ask: Ask) {
  const executionIds = executions
    .filter((execution) => execution.runnerId === runnerId)
    .map(({ executionId }) => executionId);
  const workspace = wholeJob && runnerId === workspaceRunner ? jobId : null;
  return ask(runnerMonitorCommands.inspectExecutions, { runnerId, executionIds, jobId: workspace });
}

function runnersOf({ executions, runnerId }: Verify): readonly RunnerId[] {
  const runners = new Set(executions.map((execution: ExecutionIdentity) => execution.runnerId));
  if (runnerId !== null) runners.add(runnerId);
  return [...runners];
}

/** Pure: slots the cancelled executions still hold. */
export function heldSlots({ executions }: Pick<Verify, 'executions'>, facts: Pick<JobFacts, 'heldSlots'>): number {
  const mine = new Set(executions.map(({ executionId }) => executionId));
  return facts.heldSlots.filter((slot) => mine.has(slot.executionId)).length;
}

const OVER: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'skipped']);

/** Pure: target tasks, and for a job-wide cancellation the job, that are not terminal. */
export function openStates(
  { taskIds, wholeJob }: Pick<Verify, 'taskIds' | 'wholeJob'>,
  facts: Pick<JobFacts, 'tasks' | 'status'>,
): number {
  const targets = new Set(taskIds);
  const open = facts.tasks.filter((task) => targets.has(task.taskId) && !OVER.has(task.status)).length;
  return open + (wholeJob && !OVER.has(facts.status) ? 1 : 0);
}
