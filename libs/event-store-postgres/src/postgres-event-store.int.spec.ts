import { eventStoreContract } from '@necrocode/event-store/contract';
import { openTestStore } from './spec/open-test-store.js';

eventStoreContract('PostgresEventStore', async () => {
  const { store, close } = await openTestStore();
  return {
    store,
    numberAll: async () => {
      await store.number();
    },
    close,
  };
});
