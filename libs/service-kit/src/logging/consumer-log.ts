import type { ConsumerNotice } from '@necrocode/messaging';
import type { Logger } from './logger.js';

/** Writes a consumer's notices to the log, each at the level an operator would want. */
export function consumerLog(logger: Logger, consumer: string): (notice: ConsumerNotice) => void {
  return (notice) => {
    const line = { consumer, ...notice, ...('error' in notice ? { error: undefined, err: notice.error } : {}) };
    switch (notice.kind) {
      case 'active':
      case 'standby':
      case 'read-from-store':
        return logger.debug(line, 'consumer');
      case 'handler-failed':
      case 'fault':
        return logger.warn(line, 'consumer');
      case 'dead-lettered':
        return logger.error(line, 'consumer gave up on a message');
      default:
        return notice satisfies never;
    }
  };
}
