import type { CommandMeta } from '@necrocode/contracts';
import type { CancellationId } from '@necrocode/domain';
import type { CancellationDrive } from '../drive-cancellation/cancellation-drive.js';
import type { Saga } from '../saga/saga.js';

/** Takes a cancellation back within its undo window: once this is stored, everything it holds goes on, whatever crashes. */
export class UndoCancellation {
  constructor(
    private readonly saga: Saga,
    private readonly drive: CancellationDrive,
  ) {}

  /** Repeating it is harmless. @throws {Rejection} `cancellation-not-found`, `undo-not-offered`, `undo-window-over` */
  async handle(cancellationId: CancellationId, { id, actor, traceparent }: CommandMeta): Promise<void> {
    const undone = await this.saga.feed(
      cancellationId,
      (_, proof, at) => ({ type: 'UndoCancellation', requestedBy: actor, at, proof }),
      id,
      actor,
      traceparent,
    );
    this.drive.startFrom(undone);
  }
}
