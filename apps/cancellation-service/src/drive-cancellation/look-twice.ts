import { type Command, dispatcherCommands, runnerMonitorCommands } from '@necrocode/contracts';
import { runnerLooks, type VerificationPass, type VerifyEffect, verificationPass } from '@necrocode/domain';

type Ask = <Body, Value>(command: Command<Body, Value>, body: Body) => Promise<Value>;

/** Two looks from outside, one after the other: processes and files on every runner involved, states and slots at their owner. */
export async function lookTwice(effect: VerifyEffect, ask: Ask): Promise<readonly VerificationPass[]> {
  const first = await look(effect, ask);
  return [first, await look(effect, ask)];
}

async function look(effect: VerifyEffect, ask: Ask): Promise<VerificationPass> {
  const [facts, findings] = await Promise.all([
    ask(dispatcherCommands.describeJob, { jobId: effect.jobId }),
    Promise.all(runnerLooks(effect).map((there) => ask(runnerMonitorCommands.inspectExecutions, there))),
  ]);
  return verificationPass(effect, facts, findings, new Date().toISOString());
}
