import { dispatcherCommands } from '@necrocode/contracts';
import type { BulkEffect } from '@necrocode/domain';
import type { CommandClient } from '@necrocode/service-kit';
import { formatTraceparent, rootContextOf } from '@necrocode/trace';
import type { BulkInput, LoadedBulk } from '../bulk-saga/bulk-saga.js';
import { ACTOR } from '../saga/saga.js';
import type { PerformsBulkEffects } from './bulk-drive.js';
import type { LookAtMembers } from './look-at-members.js';
import type { OpenMembers } from './open-members.js';

/** An append of a thousand streams behind others of its kind: far above what it takes. */
const DEQUEUE_TIMEOUT_MS = 30_000;

/** Asks the owner for one effect of a bulk. Asking twice is harmless. */
export class PerformBulkEffect implements PerformsBulkEffects {
  constructor(
    private readonly commands: Pick<CommandClient, 'ask'>,
    private readonly openMembers: OpenMembers,
    private readonly lookAtMembers: LookAtMembers,
  ) {}

  async perform(effect: BulkEffect, { state, first }: LoadedBulk): Promise<BulkInput | null> {
    if (state.status === 'unknown' || !first) return null;
    // Below the bulk's own span.
    const { root } = rootContextOf({ id: first.id, traceparent: first.metadata.traceparent });
    const traceparent = formatTraceparent(root);
    switch (effect.type) {
      case 'dequeue': {
        const { chunk } = effect;
        const body = { cancellationId: state.cancellationId, jobIds: [...effect.jobIds] };
        const options = { actor: ACTOR, traceparent, timeoutMs: DEQUEUE_TIMEOUT_MS };
        const answer = await this.commands.ask(dispatcherCommands.dequeueJobs, body, options);
        return { type: 'RecordDequeued', chunk, ...answer };
      }
      case 'open-members':
        return {
          type: 'RecordMembersOpened',
          members: await this.openMembers.handle(state, effect.jobIds, traceparent),
        };
      case 'look-at-members': {
        const members = await this.lookAtMembers.handle(effect.members);
        return members.length === 0 ? null : { type: 'RecordMembersSettled', members };
      }
      default:
        return effect satisfies never;
    }
  }
}
