import { type StartReply, startReply, type StartRequest, subjects } from '@necrocode/contracts';
import type { MessagingConnection } from '@necrocode/messaging';

/** The agents, as far as starting goes. */
export interface RunnerControl {
  /** @throws whatever keeps the answer away: nobody there, no answer in time, an answer that is none */
  start(request: StartRequest): Promise<StartReply>;
}

/** Core request/reply; nothing is kept for an agent that is not there. */
export function natsRunnerControl({ nats }: MessagingConnection, timeoutMs: number): RunnerControl {
  return {
    async start(request) {
      const subject = subjects.runner(request.execution.runnerId, 'start');
      const answer = await nats.request(subject, JSON.stringify(request), { timeout: timeoutMs });
      return startReply.parse(answer.json());
    },
  };
}
