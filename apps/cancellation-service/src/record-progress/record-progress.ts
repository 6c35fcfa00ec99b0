import { reactionTo } from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import type { CancellationDrive } from '../drive-cancellation/cancellation-drive.js';
import type { OpenTargets } from '../saga/open-targets.js';
import type { Saga } from '../saga/saga.js';

/** Feeds what other services did into the cancellations that wait for it. */
export class RecordProgress {
  constructor(
    private readonly saga: Saga,
    private readonly targets: OpenTargets,
    private readonly drive: CancellationDrive,
  ) {}

  async handle(event: StoredEvent): Promise<void> {
    const reaction = reactionTo(event);
    if (!reaction) return;
    const { jobId, input } = reaction;
    for (const cancellationId of await this.targets.ofJob(jobId)) {
      const loaded = input
        ? await this.saga.feed(cancellationId, input, event.id)
        : await this.saga.lastKnown(cancellationId);
      this.drive.startFrom(loaded);
    }
  }
}
