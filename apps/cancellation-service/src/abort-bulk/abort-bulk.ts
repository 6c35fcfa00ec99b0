import type { CommandMeta } from '@necrocode/contracts';
import { type CancellationId, Rejection } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';
import type { BulkSaga } from '../bulk-saga/bulk-saga.js';
import type { BulkDrive } from '../drive-bulk/bulk-drive.js';

/** Stops a bulk where it is: what it has reached is carried out, what it has not is left alone. */
export class AbortBulk {
  constructor(
    private readonly saga: BulkSaga,
    private readonly drive: BulkDrive,
  ) {}

  /** @throws {Rejection} `cancellation-not-found` @throws {CodedError} `cancellation-not-abortable` */
  async handle(
    { cancellationId, requestedBy }: { readonly cancellationId: CancellationId; readonly requestedBy: string },
    meta: CommandMeta,
  ): Promise<{ aborted: boolean }> {
    const loaded = await this.saga.load(cancellationId);
    if (!loaded.first) throw new Rejection('cancellation-not-found', { cancellationId });
    if (loaded.state.status === 'unknown') throw new CodedError('cancellation-not-abortable');
    const cause = { id: meta.id, actor: meta.actor };
    const { state } = await this.saga.feed(cancellationId, loaded, { type: 'AbortBulk', requestedBy }, cause);
    this.drive.start(cancellationId);
    return { aborted: state.status !== 'unknown' && state.abortedBy !== null };
  }
}
