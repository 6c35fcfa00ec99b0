import { describe, expect, it } from '@jest/globals';
import { hashEvent, type PositionedEvent } from '@necrocode/event-store';
import { StoredHistory } from './stored-history.js';

/** A history as a whole store would hold it. */
function historyOf(...facts: readonly (readonly [streamId: string, type: string, data?: object])[]): PositionedEvent[] {
  const heads = new Map<string, PositionedEvent>();
  return facts.map(([streamId, type, data = {}], index) => {
    const head = heads.get(streamId);
    const metadata = { actor: 'service:spec', correlationId: 'job' };
    const id = `00000000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`;
    const parts = {
      id,
      streamId,
      streamVersion: (head?.streamVersion ?? 0) + 1,
      type,
      schemaVersion: 1,
      data,
      metadata,
    };
    const previousHash = head?.hash ?? null;
    const hash = hashEvent(previousHash, parts);
    const event = { ...parts, hash, previousHash, position: BigInt(index + 1), recordedAt: '2026-01-01T00:00:00.000Z' };
    heads.set(streamId, event);
    return event;
  });
}

function judged(events: readonly PositionedEvent[]): StoredHistory {
  const history = new StoredHistory();
  for (const event of events) history.take(event);
  return history;
}

const lease = { slotId: 's1', holder: { executionId: 'e1' } };
const certificate = { certificate: { target: { kind: 'job' } } };

describe('the audit of a stored history', () => {
  it('finds nothing wrong in one that is whole', () => {
    const { faults, leasedSlots } = judged(
      historyOf(
        ['job', 'JobSubmitted'],
        ['pool', 'SlotLeased', lease],
        ['job', 'DispatchBlocked', { taskIds: ['t1'] }],
        ['job', 'JobCancelled'],
        ['pool', 'SlotFreed', lease],
        ['cancellation', 'CancellationCompleted', certificate],
      ),
    );
    expect([faults, leasedSlots]).toEqual([[], []]);
  });

  it.each([
    ['a lost event', (events: PositionedEvent[]) => events.slice(1), /position 2 follows 0/],
    [
      'a doubled event',
      ([first, ...rest]: PositionedEvent[]) => (first ? [first, first, ...rest] : []),
      /stored twice/,
    ],
    [
      'a changed event',
      ([first, ...rest]: PositionedEvent[]) => (first ? [{ ...first, data: { changed: true } }, ...rest] : []),
      /the hash of version 1/,
    ],
  ])('sees %s', (_, harm, fault) => {
    expect(judged(harm(historyOf(['job', 'JobSubmitted'], ['job', 'JobCompleted']))).faults.join()).toMatch(fault);
  });

  it.each([
    [
      'a second end of a job',
      [
        ['job', 'JobCancelled'],
        ['job', 'JobCompleted'],
      ],
      /JobCompleted after JobCancelled/,
    ],
    [
      'two holders of a slot',
      [
        ['pool', 'SlotLeased', lease],
        ['pool', 'SlotLeased', lease],
      ],
      /is leased while e1/,
    ],
    [
      'an assignment after the block',
      [
        ['job', 'DispatchBlocked', { taskIds: ['t1'] }],
        ['job', 'TaskAssigned', { taskId: 't1' }],
      ],
      /t1 is assigned after/,
    ],
    [
      'a start after the certificate',
      [
        ['cancellation', 'CancellationCompleted', certificate],
        ['execution', 'ExecutionStarted'],
      ],
      /starts after the certificate/,
    ],
    [
      'a signal that is not on the certificate',
      [
        ['execution', 'ExecutionSignalled', { executionId: 'e1', evidence: { signal: 'SIGTERM', at: 'noon' } }],
        [
          'cancellation',
          'CancellationCompleted',
          { certificate: { executions: [{ executionId: 'e1', signals: [] }] } },
        ],
      ],
      /lacks SIGTERM at noon/,
    ],
  ] as const)('sees %s', (_, facts, fault) => {
    expect(judged(historyOf(...facts)).faults.join()).toMatch(fault);
  });

  it('sees a slot that nobody gave back', () => {
    expect(judged(historyOf(['pool', 'SlotLeased', lease])).leasedSlots).toEqual(['pool/s1 is held by e1']);
  });
});
