import type { JobEvent } from '@necrocode/domain';
import { toDomainEvent } from '@necrocode/event-store';
import { countJobs, measureQueue, type QueueNow } from '@necrocode/metrics';
import type { Observe } from '@necrocode/service-kit';
import type { DispatcherConfig } from '../dispatcher.config.js';
import { SCHEMA } from '../tables/schema.js';

const QUEUE = /* sql */ `
select
  (select count(*) from ${SCHEMA}.ready_task where not_before <= now())::integer as depth,
  coalesce(
    (select extract(epoch from now() - min(submitted_at)) from ${SCHEMA}.ready_task where not_before <= now()),
    0)::double precision as "oldestSeconds",
  (select count(*) from ${SCHEMA}.assignment)::integer as running,
  (select count(*) from ${SCHEMA}.slot where status = 'free')::integer as "freeSlots",
  (select count(*) from ${SCHEMA}.slot where status = 'leased')::integer as "leasedSlots",
  (select count(*) from ${SCHEMA}.slot where status = 'soiled')::integer as "soiledSlots"`;

const NOTHING: QueueNow = { depth: 0, oldestSeconds: 0, running: 0, freeSlots: 0, leasedSlots: 0, soiledSlots: 0 };

/** Counts the events of jobs, as this process stores them, and measures the queue. What is done is logged where it is done. */
export const observe: Observe<DispatcherConfig> = ({ metrics, database }) => {
  const count = countJobs(metrics);
  measureQueue(metrics, async () => (await database.query<QueueNow[]>(QUEUE))[0] ?? NOTHING);
  return (stored) => {
    if (stored.streamId.startsWith('job-')) count(toDomainEvent<JobEvent>(stored));
  };
};
