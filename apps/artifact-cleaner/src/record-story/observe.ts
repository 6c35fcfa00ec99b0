import { parseStreamId } from '@necrocode/contracts';
import type { CleanupEvent } from '@necrocode/domain';
import { toDomainEvent } from '@necrocode/event-store';
import { countCleanups, measureCleanups } from '@necrocode/metrics';
import type { Observe } from '@necrocode/service-kit';
import type { ArtifactCleanerConfig } from '../artifact-cleaner.config.js';
import { DRIVE_TABLE, SCHEMA } from '../schema.js';
import { cleanupLine } from './cleanup-line.js';

/** Counts and logs the events of cleanups, as this process stores them. A cleanup is open for as long as it has a timer. */
export const observe: Observe<ArtifactCleanerConfig> = ({ metrics, logger, database }) => {
  const count = countCleanups(metrics);
  measureCleanups(metrics, async () => {
    const [row] = await database.query<{ open: number }[]>(
      `select count(*)::integer as open from "${SCHEMA}"."${DRIVE_TABLE}"`,
    );
    return row?.open ?? 0;
  });
  return (stored) => {
    const event = toDomainEvent<CleanupEvent>(stored);
    count(stored.streamId, event);
    const { level, fields, message } = cleanupLine(event, parseStreamId(stored.streamId).aggregateId, stored.metadata);
    logger[level](fields, message);
  };
};
