import type { Queue } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import { SCHEMA } from '../tables/schema.js';

/** The row there is for as long as a queue is paused: assigning leaves out jobs of it that have not begun. */
export function pausedQueueStatement(queue: string, { paused }: Queue): CompanionStatement {
  const text = paused
    ? `insert into ${SCHEMA}.paused_queue (queue) values ($1) on conflict do nothing`
    : `delete from ${SCHEMA}.paused_queue where queue = $1`;
  return { text, values: [queue] };
}
