import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTcpProxy, tempDirectory, type TcpProxy, type TempDirectory } from '@necrocode/testing';
import { cancelUntilHeard, untilCancellation } from '../crash-matrix/cancel-until-heard.js';
import { startVictimJob } from '../crash-matrix/victim-job.js';
import { type FaultySystem, openFaultySystem } from '../faults/open-faulty-system.js';
import { untilAllReady } from '../faults/victims.js';
import { type PrimaryAndStandby, startPrimaryAndStandby } from './standby.js';

let directory: TempDirectory;
let pair: PrimaryAndStandby;
/** The address everybody knows: whoever is the primary is behind it. */
let address: TcpProxy;
let faulty: FaultySystem;

beforeAll(async () => {
  directory = await tempDirectory();
  pair = await startPrimaryAndStandby(directory.path);
  address = await startTcpProxy(pair.primary.port);
  faulty = await openFaultySystem({ databaseUrl: address.through(pair.primary.url) });
}, 180_000);
afterAll(async () => {
  await faulty.end();
  await address.close();
  await pair.stop();
  await directory.remove();
}, 60_000);

describe('a PostgreSQL that fails over to its standby', () => {
  it('loses no cancellation: what was accepted goes on at the new primary, what was refused is accepted there', async () => {
    const { client, points } = faulty;
    const { jobId: first } = await startVictimJob(client);
    const { jobId: second } = await startVictimJob(client);
    const { jobId: later } = await client.submitJob({
      name: 'later',
      tasks: [{ key: 'work', command: ['sleep', '1000'] }],
    });
    const held = [
      await points.arm({ process: 'dispatcher', when: 'after', what: 'DispatchBlocked', about: first }),
      await points.arm({ process: 'runner-monitor', when: 'before', what: 'ExecutionEnded', about: second }),
    ];
    const asked = [first, second].map((jobId) => cancelUntilHeard(client, jobId));
    await Promise.all(held.map((point) => point.reached(60_000)));

    await pair.primary.kill();
    await address.down();
    await expect(client.cancelJob(later)).rejects.toMatchObject({ code: 'store-unavailable', retryable: true });
    asked.push(cancelUntilHeard(client, later));
    await Promise.all(held.map((point) => point.release()));
    await pair.promote();
    await address.up(pair.standby.port);

    for (const cancellationId of await Promise.all(asked)) {
      const { certificate } = await untilCancellation(client, cancellationId, 'completed');
      expect(certificate?.outcome).toBe('completed');
    }
    await untilAllReady(faulty.system);
    expect(await faulty.audit.faults([first, second, later])).toEqual([]);
    expect(await faulty.audit.verifyAll()).toEqual([]);
  }, 180_000);
});
