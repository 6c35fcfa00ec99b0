import { type Command, dispatcherCommands, runnerMonitorCommands } from '@necrocode/contracts';
import {
  involvedRunners,
  type RunnerId,
  type VerificationPass,
  type VerifyEffect,
  verificationPass,
} from '@necrocode/domain';

type Ask = <Body, Value>(command: Command<Body, Value>, body: Body) => Promise<Value>;

/** Two looks from outside, one after the other: processes and files on every runner involved, states and slots at their owner. */
export async function lookTwice(effect: VerifyEffect, ask: Ask): Promise<readonly VerificationPass[]> {
  const first = await look(effect, ask);
  return [first, await look(effect, ask)];
}

async function look(effect: VerifyEffect, ask: Ask): Promise<VerificationPass> {
  const [facts, findings] = await Promise.all([
    ask(dispatcherCommands.describeJob, { jobId: effect.jobId }),
    Promise.all(involvedRunners(effect).map((runnerId) => inspect(effect, runnerId, ask))),
  ]);
  return verificationPass(effect, facts, findings, new Date().toISOString());
}

function inspect(
  { executions, runnerId: workspaceRunner, wholeJob, jobId }: VerifyEffect,
  runnerId: RunnerId,
  ask: Ask,
) {
  const executionIds = executions
    .filter((execution) => execution.runnerId === runnerId)
    .map(({ executionId }) => executionId);
  const workspace = wholeJob && runnerId === workspaceRunner ? jobId : null;
  return ask(runnerMonitorCommands.inspectExecutions, { runnerId, executionIds, jobId: workspace });
}
