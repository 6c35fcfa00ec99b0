import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@necrocode/event-store';
import { interleave } from './interleave.js';

const event = (id: string): StoredEvent => ({
  id,
  type: 'Happened',
  schemaVersion: 1,
  data: {},
  metadata: { actor: 'user:spec', correlationId: 'job_1' },
  streamId: 'cancellation-can_1',
  streamVersion: 1,
  recordedAt: '2026-01-01T00:00:00.000Z',
  hash: 'sha256:0',
  previousHash: null,
});
const ids = (own: string, timeline: string): string[] =>
  interleave(Array.from(own, event), Array.from(timeline, event)).map(
    (beat) => `${beat.meanwhile.map(({ id }) => id).join('')}>${beat.event.id}`,
  );

describe('the beats of a replay', () => {
  it('hold what other streams recorded before each event of its own', () =>
    expect(ids('ABC', 'AxByzC')).toEqual(['>A', 'x>B', 'yz>C']));
  it('leave out what came after the last one', () => expect(ids('AB', 'ABx')).toEqual(['>A', '>B']));
  it('put what a late timeline does not hold behind all it holds', () =>
    expect(ids('ABCD', 'AxBy')).toEqual(['>A', 'x>B', 'y>C', '>D']));
  it('are the stream alone where there is no timeline', () => expect(ids('AB', '')).toEqual(['>A', '>B']));
});
