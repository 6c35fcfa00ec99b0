import { readdirSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventStore } from '@necrocode/event-store';
import { eventually, tempDirectory, type TempDirectory } from '@necrocode/testing';
import { openFaultPoints } from './fault-points.js';
import { holdAppends } from './hold-appends.js';

let directory: TempDirectory;
beforeEach(async () => {
  directory = await tempDirectory();
});
afterEach(() => directory.remove());

const switches = () => ({ NECROCODE_FAULT_POINTS: directory.path, NECROCODE_TEST_FAULTS: 'hold' });
const moment = { when: 'before', what: 'JobCancelled', about: 'job-1' } as const;
const arm = (process: string, point: object = moment) =>
  writeFileSync(join(directory.path, 'cell.armed'), JSON.stringify({ process, ...point }));
const files = () => readdirSync(directory.path);

const appendJobCancelled = (store: InMemoryEventStore, version = 0) =>
  store.append([
    {
      streamId: 'job-1',
      expectedVersion: version,
      events: [
        {
          id: `00000000-0000-7000-8000-00000000000${version}`,
          type: 'JobCancelled',
          schemaVersion: 1,
          data: {},
          metadata: { actor: 'service:spec', correlationId: 'job-1' },
        },
      ],
    },
  ]);

describe('fault points', () => {
  it.each([
    ['nothing is set', {}],
    ['only the directory is set', { NECROCODE_FAULT_POINTS: '/nowhere' }],
    ['only the switch is set', { NECROCODE_TEST_FAULTS: 'hold' }],
    ['the switch says anything else', { NECROCODE_FAULT_POINTS: '/nowhere', NECROCODE_TEST_FAULTS: '1' }],
  ])('are not there when %s, and the store is the very same', (_, env) => {
    const store = new InMemoryEventStore();
    const points = openFaultPoints('dispatcher', env);
    expect(points).toBeNull();
    expect(holdAppends(store, points)).toBe(store);
  });

  it('hold nothing that is not armed', async () => {
    const points = openFaultPoints('dispatcher', switches());
    arm('gateway');
    await points?.pass(moment);
    arm('dispatcher', { ...moment, about: 'job-2' });
    await points?.pass(moment);
    expect(files()).toEqual(['cell.armed']);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('hold an append %s its commit until let go, once', async (when, stored) => {
    const store = new InMemoryEventStore();
    const held = holdAppends(store, openFaultPoints('dispatcher', switches()));
    arm('dispatcher', { ...moment, when });
    let answered = false;
    const appending = appendJobCancelled(held).then(() => (answered = true));
    await eventually(() => expect(files()).toEqual(['cell.held']));
    expect([answered, (await store.readStream('job-1')).length]).toEqual([false, stored]);
    rmSync(join(directory.path, 'cell.held'));
    await appending;
    await appendJobCancelled(held, 1);
    expect(await store.readStream('job-1')).toHaveLength(2);
  });
});
