import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NecrocodeClient } from '@necrocode/client';
import { streamNames } from '@necrocode/contracts';
import { SERVICES } from '@necrocode/local-system';
import { connectMessaging, type MessagingConnection, provisionStreams } from '@necrocode/messaging';
import { eventually } from '@necrocode/testing';
import { cancelUntilHeard, untilCancellation } from '../crash-matrix/cancel-until-heard.js';
import { startVictimJob } from '../crash-matrix/victim-job.js';
import { type FaultySystem, openFaultySystem } from '../faults/open-faulty-system.js';
import { kill, untilAllReady } from '../faults/victims.js';
import { consumerLag } from '../soak/consumer-lag.js';

const RUNNING = 6;
const WAITING = 12;

let faulty: FaultySystem;
let nats: MessagingConnection;
/** One for each replica of the gateway. */
let clients: readonly [NecrocodeClient, NecrocodeClient];

beforeAll(async () => {
  const env = { RUNNER_SLOTS: `repos:repository:${RUNNING}` };
  faulty = await openFaultySystem({ replicas: 2, natsNodes: 3, env });
  const { token, gatewayUrls, natsUrl } = faulty.system;
  nats = await connectMessaging({ url: natsUrl, name: 'spec' });
  clients = [faulty.client, new NecrocodeClient({ baseUrl: gatewayUrls[1] ?? '', token })];
}, 180_000);
afterAll(async () => {
  await nats.close();
  await faulty.end();
}, 60_000);

/** The server that decides what the events stream holds. */
async function streamLeader(): Promise<string> {
  const { cluster } = await nats.manager.streams.info(streamNames.events);
  return `nats-server-${/^node-(\d)/.exec(cluster?.leader ?? '')?.[1] ?? '?'}`;
}

async function waitingJob(): Promise<string> {
  const sleep = { key: 'sleep', command: ['sleep', '1000'], slot: { pool: 'nowhere' } };
  return (await clients[1].submitJob({ name: 'waiting', tasks: [sleep] })).jobId;
}

describe('two replicas of every service on a NATS cluster of three', () => {
  it('keep three copies of every stream', async () => {
    const streams = await nats.manager.streams.list().next();
    expect(streams.map(({ config }) => [config.name, config.num_replicas]).sort()).toEqual(
      Object.values(streamNames)
        .map((name) => [name, 3])
        .sort(),
    );
  });

  it('lose no copy to a process that was not told of the cluster', async () => {
    const provisioned = await provisionStreams(nats.manager, nats.streams);
    expect(new Set(provisioned.values())).toEqual(new Set(['unchanged']));
  });

  it.each([
    ['one replica of each service', SERVICES],
    ['the other replica of each', SERVICES.map((name) => `${name}-2`)],
  ])(
    'lose and double nothing when the leader of the events and %s are killed while cancellations are under way',
    async (_, replicas) => {
      const { system, audit } = faulty;
      const running = await Promise.all(Array.from({ length: RUNNING }, () => startVictimJob(clients[0])));
      const waiting = await Promise.all(Array.from({ length: WAITING }, waitingJob));
      const jobIds = [...running.map(({ jobId }) => jobId), ...waiting];

      const victims = [await streamLeader(), ...replicas];
      const asked = jobIds.map((jobId, index) => cancelUntilHeard(clients[index % 2 === 0 ? 0 : 1], jobId));
      await Promise.any(asked);
      await Promise.all(victims.map((victim) => kill(system, victim)));

      for (const [index, asking] of asked.entries()) {
        const { certificate } = await untilCancellation(clients[index % 2 === 0 ? 0 : 1], await asking, 'completed');
        expect(certificate?.outcome).toBe('completed');
      }
      await untilAllReady(system);
      expect(await audit.faults(jobIds)).toEqual([]);
    },
    180_000,
  );

  it('leave no consumer behind, no copy behind, and a history that verifies', async () => {
    expect(await consumerLag(faulty.system.natsUrl)).toEqual([]);
    await eventually(async () => {
      const { cluster } = await nats.manager.streams.info(streamNames.events);
      expect(cluster?.replicas?.map(({ current }) => current)).toEqual([true, true]);
    });
    expect(await faulty.audit.verifyAll()).toEqual([]);
  }, 60_000);
});
