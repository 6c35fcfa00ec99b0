import { setTimeout as delay } from 'node:timers/promises';
import { runnerMonitorCommands } from '@necrocode/contracts';
import type { ExecutionId } from '@necrocode/domain';
import { CodedError, type CommandClient, type Logger } from '@necrocode/service-kit/process';
import type { describeRunner } from '../identity/describe-runner.js';
import type { Contact } from './contact.js';

const AGAIN_MS = 200;

/** Registers until it is answered, which is the first contact: the runner-monitor may come up later than the runner. */
export async function register(
  commands: CommandClient,
  runner: ReturnType<typeof describeRunner>,
  sessionId: string,
  contact: Contact,
  logger: Logger,
): Promise<{ readonly leaseMs: number; readonly fencedExecutionIds: readonly ExecutionId[] }> {
  for (;;) {
    const sentAt = contact.now();
    try {
      const registration = await commands.ask(
        runnerMonitorCommands.registerRunner,
        { runner, sessionId },
        { actor: `runner:${runner.runnerId}` },
      );
      contact.confirm(sentAt, registration.leaseMs);
      return registration;
    } catch (error) {
      if (!isPassing(error)) throw error;
      logger.debug('waiting for the runner-monitor');
      await delay(AGAIN_MS);
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof CodedError) return true;
  return error instanceof Error && 'problem' in error && (error.problem as { retryable?: boolean }).retryable === true;
}
