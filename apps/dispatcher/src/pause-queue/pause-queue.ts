import { type CommandMeta, streamIdOf } from '@necrocode/contracts';
import { type Queue, type QueueCommand, queueDecider, type QueueEvent } from '@necrocode/domain';
import { fold, type StoredEvent } from '@necrocode/event-store';
import { continueTrace, type Logger } from '@necrocode/service-kit';
import type { TransactionalStore } from '../assign-task/assign-tasks.js';
import { toNewEvents } from '../streams/append-together.js';
import type { OwnTables } from '../tables/own-tables.js';
import { SHUT } from './assignment-gate.js';
import { pausedQueueStatement } from './paused-queue-row.js';

export interface PausedOrNot extends Queue {
  readonly queue: string;
}

/** Once it has answered, no job of a paused queue begins: assignments under way were waited for, later ones see the row. */
export class PauseQueue {
  constructor(
    private readonly store: TransactionalStore,
    private readonly tables: OwnTables,
    /** What is stored within a transaction is announced here; there may be something to assign. */
    private readonly stored: () => void,
    private readonly logger: Logger,
  ) {}

  async handle(type: QueueCommand['type'], queue: string, meta: CommandMeta): Promise<PausedOrNot> {
    const { id, actor, traceparent } = meta;
    const streamId = streamIdOf('queue', queue);
    const command = { type, queue, requestedBy: actor, at: new Date().toISOString() };
    const state = await this.tables.transaction(async (transaction) => {
      await transaction.query(SHUT, []);
      const stream = await this.store.readStream(streamId);
      const before = foldQueue(stream);
      const events = queueDecider.decide(command, before);
      if (events.length === 0) return before;
      const metadata = { actor, correlationId: streamId, causationId: id, traceparent: continueTrace(traceparent) };
      const news = toNewEvents(events, streamId, { id, metadata });
      await this.store.appendWithin(transaction, [{ streamId, expectedVersion: stream.length, events: news }]);
      const after = events.reduce(queueDecider.evolve, before);
      await transaction.run([pausedQueueStatement(queue, after)]);
      return after;
    });
    this.stored();
    this.logger.info({ queue, paused: state.paused !== null, actor }, 'queue paused or resumed');
    return { queue, ...state };
  }
}

export function foldQueue(events: readonly StoredEvent[]): Queue {
  return fold<Queue, QueueEvent>(queueDecider.evolve, queueDecider.initial, events);
}
