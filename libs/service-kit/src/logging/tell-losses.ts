import type { SinkNotice, StreamsNotice } from '@necrocode/messaging';
import { countLosses, type Metrics } from '@necrocode/metrics';
import type { Logger } from './logger.js';

/** JetStream may lose everything at any time; an operator wants to know that it did. */
export function tellLosses(metrics: Metrics, logger: Logger) {
  const count = countLosses(metrics);
  return {
    ofEvents: (notice: SinkNotice): void => {
      count({ what: notice.kind });
      logger.warn({ what: notice.kind }, 'JetStream did not hold the events of the store; they are published again');
    },
    ofStreams: (notice: StreamsNotice): void => {
      if (notice.kind === 'failing') return logger.warn({ err: notice.error }, 'cannot look after the streams');
      count({ what: 'stream' });
      return logger.warn({ stream: notice.stream }, 'JetStream had lost a stream; it is made again');
    },
  };
}
