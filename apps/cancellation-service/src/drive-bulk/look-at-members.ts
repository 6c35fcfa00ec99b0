import { streamIdOf } from '@necrocode/contracts';
import {
  type BulkMember,
  type Cancellation,
  cancellationDecider,
  type CancellationEvent,
  type CancellationState,
  type MemberEnding,
} from '@necrocode/domain';
import { type EventStore, fold } from '@necrocode/event-store';

/** How the cancellations of members stand, from their streams. */
export class LookAtMembers {
  constructor(private readonly store: EventStore) {}

  /** @returns those that have an outcome */
  async handle(members: readonly BulkMember[]): Promise<readonly MemberEnding[]> {
    const streamIds = members.map(({ cancellationId }) => streamIdOf('cancellation', cancellationId));
    const streams = await this.store.readStreams(streamIds);
    return members.flatMap(({ jobId, cancellationId }) => {
      const events = streams.get(streamIdOf('cancellation', cancellationId)) ?? [];
      const { initial, evolve } = cancellationDecider;
      const state = fold<CancellationState, CancellationEvent>(evolve, initial, events);
      return state.status === 'unknown' ? [] : endingOf(state).map((ending) => ({ jobId, ...ending }));
    });
  }
}

/** Pure: by its certificate; none while there is none. */
function endingOf({ status, certificate, plan }: Cancellation): readonly Omit<MemberEnding, 'jobId'>[] {
  if (status === 'undone') return [{ outcome: 'undone', executions: 0, forced: 0 }];
  if (certificate === null) return [];
  const executions = certificate.executions.length;
  const forced = certificate.executions.filter((execution) => execution.forced).length;
  if (certificate.outcome !== 'completed') return [{ outcome: certificate.outcome, executions, forced }];
  const cancelled = plan !== null && certificate.tasks.cancelled > 0;
  return [{ outcome: cancelled ? 'cancelled' : 'already-ended', executions, forced }];
}
