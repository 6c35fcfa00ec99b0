import { describe, expect, it } from '@jest/globals';
import { checkDurability } from './check-durability.js';

const server = (settings: Record<string, string>) => ({
  query: async () => ({ rows: Object.entries(settings).map(([name, setting]) => ({ name, setting })) }),
});

describe('a server to keep events on', () => {
  it.each(['on', 'local', 'remote_apply'])('may have synchronous_commit = %s', async (synchronous_commit) => {
    await checkDurability(server({ fsync: 'on', full_page_writes: 'on', synchronous_commit }));
  });

  it('is refused with every setting that is off by name', async () => {
    const check = checkDurability(server({ fsync: 'off', full_page_writes: 'off', synchronous_commit: 'on' }));
    await expect(check).rejects.toThrow('fsync, full_page_writes is off');
  });
});
