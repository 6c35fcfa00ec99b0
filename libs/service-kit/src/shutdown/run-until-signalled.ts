import { BadConfiguration } from '../config/load-config.js';
import { openFaultPoints } from '../fault-points/fault-points.js';
import type { Logger } from '../logging/logger.js';

export interface RunningService {
  readonly logger: Logger;
  close(): Promise<void>;
}

/** An ordered end that takes longer is given up: whatever was left is driven again by the next process. */
const SHUTDOWN_MS = 10_000;

/** Starts, and ends in order on SIGTERM or SIGINT. A start that fails is one line and exit code 1. */
export function runUntilSignalled(name: string, start: () => Promise<RunningService>): void {
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const mayStart = openFaultPoints(name)?.pass({ when: 'before', what: 'start', about: name }) ?? Promise.resolve();
  mayStart.then(start).then(
    async (service) => {
      const signal = await signalled;
      service.logger.info({ signal }, 'stopping');
      setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
      await service.close().catch((error: unknown) => service.logger.error({ err: error }, 'stopping failed'));
      service.logger.info('stopped');
      process.exit(0);
    },
    (error: unknown) => {
      process.stderr.write(`${name}: ${describe(error)}\n`);
      process.exit(1);
    },
  );
}

function describe(error: unknown): string {
  if (error instanceof BadConfiguration) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
