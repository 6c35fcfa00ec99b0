import { describe, expect, it } from '@jest/globals';
import { anEvent, appendOf, eventStoreContract } from './contract/index.js';
import { InMemoryEventStore } from './in-memory-event-store.js';

eventStoreContract('InMemoryEventStore', async () => ({
  store: new InMemoryEventStore(),
  numberAll: async () => undefined,
  close: async () => undefined,
}));

describe('InMemoryEventStore', () => {
  it('refuses companion statements, having no SQL', async () => {
    const append = new InMemoryEventStore().append([appendOf('a', 0, [anEvent()])], [{ text: 'select 1', values: [] }]);
    await expect(append).rejects.toThrow('no SQL');
  });

  it('takes its time from the clock it is given', async () => {
    const store = new InMemoryEventStore(() => '2026-01-02T03:04:05.000Z');
    const { events } = await store.append([appendOf('a', 0, [anEvent()])]);
    expect(events[0]?.recordedAt).toBe('2026-01-02T03:04:05.000Z');
  });
});
