import { streamNames } from '@necrocode/contracts';
import type { MessagingConnection } from '@necrocode/messaging';

/** Reports of runners that are not events yet: not delivered, or delivered and not settled. */
export async function reportsPending({ manager }: MessagingConnection): Promise<number> {
  const { num_pending, num_ack_pending } = await manager.consumers.info(streamNames.reports, REPORTS_DURABLE);
  return num_pending + num_ack_pending;
}

/** What `consumeReports` is called by default: the stream gives each report to one consumer only. */
const REPORTS_DURABLE = 'runner-monitor';
