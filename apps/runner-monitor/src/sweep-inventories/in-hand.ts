import { inspectReply } from '@necrocode/contracts';
import type { ExecutionId, ExecutionIdentity, RunnerId } from '@necrocode/domain';
import type { RunnerControl } from '../runner-control/runner-control.js';

/**
 * Asks a runner now, after whatever was read before: a heartbeat may have been on its way for long.
 * @returns null: it does not have it, and all it has reported of it is stored; undefined: nobody can say
 */
export async function askInHand(
  control: RunnerControl,
  runnerId: RunnerId,
  executionId: ExecutionId,
): Promise<ExecutionIdentity | null | undefined> {
  const reply = await control.ask(runnerId, 'inspect', { executionIds: [executionId], jobId: null }, inspectReply);
  return reply?.executions.find((execution) => execution.executionId === executionId)?.inHand;
}
