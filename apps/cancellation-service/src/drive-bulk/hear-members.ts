import type { CancellationId } from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import type { BulkMembers } from '../bulk-saga/bulk-members.js';
import type { BulkDrive } from './bulk-drive.js';

/** Outcomes of cancellations. */
export const outcomeTypes = [
  'CancellationCompleted',
  'CancellationLeftPartial',
  'CancellationLeftUnconfirmed',
  'CancellationUndone',
] as const;
const OUTCOMES: ReadonlySet<string> = new Set(outcomeTypes);

/** A cancellation has an outcome: the bulks that wait for it look again. */
export class HearMembers {
  constructor(
    private readonly members: BulkMembers,
    private readonly drive: BulkDrive,
  ) {}

  async handle({ streamId, type }: Pick<StoredEvent, 'streamId' | 'type'>): Promise<void> {
    if (!OUTCOMES.has(type)) return;
    const cancellationId = streamId.slice('cancellation-'.length) as CancellationId; // The streams' name is their id.
    for (const bulkId of await this.members.bulksOf(cancellationId)) this.drive.start(bulkId);
  }
}
