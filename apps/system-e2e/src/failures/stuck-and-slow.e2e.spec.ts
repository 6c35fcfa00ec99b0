import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiProblem } from '@necrocode/client';
import { SERVICES } from '@necrocode/local-system';
import { connectMessaging } from '@necrocode/messaging';
import { eventually } from '@necrocode/testing';
import pg from 'pg';
import { cancelUntilHeard, untilCancellation } from '../crash-matrix/cancel-until-heard.js';
import { startVictimJob } from '../crash-matrix/victim-job.js';
import { type FaultySystem, openFaultySystem } from '../faults/open-faulty-system.js';
import { kill, untilAllReady } from '../faults/victims.js';
import { processesOf } from '../support/processes-of.js';
import { runNode } from '../support/run-cli.js';
import { scraped } from '../support/scrape.js';
import { canMount, mountSmallDisk, type SmallDisk } from './small-disk.js';

let faulty: FaultySystem;
let admin: pg.Client;
const disks: SmallDisk[] = [];
const jobIds: string[] = [];

beforeAll(async () => {
  faulty = await openFaultySystem();
  admin = new pg.Client({ connectionString: faulty.system.databaseUrl });
  await admin.connect();
}, 180_000);
afterAll(async () => {
  await admin.end();
  for (const disk of disks) disk.unmount();
  await faulty.end();
}, 60_000);

function smallDisk(server: string, ...place: readonly string[]): SmallDisk {
  const { home, servers } = faulty.system;
  const disk = mountSmallDisk(join(home, ...place), servers.get(server)?.pid ?? process.pid);
  disks.push(disk);
  return disk;
}

/** Writes to JetStream until it takes it, or refuses: a full disk may switch it off only after a while. */
async function untilJetStream(does: 'store' | 'refuse'): Promise<void> {
  const { jetstream, close } = await connectMessaging({ url: faulty.system.natsUrl, name: 'spec' });
  const chunk = new Uint8Array(64 * 1024);
  await eventually(async () => {
    const stored = jetstream.publish('necrocode.output.run.exe', chunk);
    await (does === 'store' ? stored : expect(stored).rejects.toThrow());
  });
  await close();
}

async function runningJob(): Promise<string> {
  const { jobId } = await startVictimJob(faulty.client);
  jobIds.push(jobId);
  return jobId;
}

const cancelCompletes = async (jobId: string) => {
  const cancellationId = await cancelUntilHeard(faulty.client, jobId);
  return untilCancellation(faulty.client, cancellationId, 'completed');
};

/** The refusal of whatever is to be stored meanwhile. */
const refusal = (jobId: string): Promise<ApiProblem> =>
  eventually(async () => {
    const answer: unknown = await faulty.client.cancelJob(jobId).catch((problem: unknown) => problem);
    if (!(answer instanceof ApiProblem)) throw new Error('it was accepted');
    return answer;
  });

const passing = { code: 'store-unavailable', status: 503, retryable: true };

describe('PostgreSQL', () => {
  it('that only reads refuses a cancel as retryable, and the cancel completes when it writes again', async () => {
    const jobId = await runningJob();
    await admin.query('alter system set default_transaction_read_only = on');
    await admin.query('select pg_reload_conf()');
    expect(await refusal(jobId)).toMatchObject(passing);
    await admin.query('alter system reset default_transaction_read_only');
    await admin.query('select pg_reload_conf()');
    expect((await cancelCompletes(jobId)).certificate?.outcome).toBe('completed');
  }, 120_000);

  it('that makes everybody wait is seen as an old transaction, and what waited goes on', async () => {
    const jobId = await runningJob();
    await admin.query('begin; lock table event_store.events in share mode');
    const asking = cancelUntilHeard(faulty.client, jobId);
    const oldest = 'necrocode_database_oldest_transaction_seconds';
    await eventually(async () => expect(await scraped(faulty.system.home, oldest)).toBeGreaterThan(1));
    await admin.query('commit');
    await asking;
    expect((await cancelCompletes(jobId)).certificate?.outcome).toBe('completed');
  }, 120_000);

  if (canMount())
    it('whose disk is full refuses a cancel as retryable, and goes on when there is room', async () => {
      const jobId = await runningJob();
      const place = join(faulty.system.home, 'small');
      const disk = smallDisk('postgresql', 'small');
      await admin.query(`create tablespace small location '${place}'`);
      await admin.query('alter table event_store.events set tablespace small');
      disk.fill();
      expect(await refusal(jobId)).toMatchObject(passing);
      disk.free();
      expect((await cancelCompletes(jobId)).certificate?.outcome).toBe('completed');
      await admin.query('alter table event_store.events set tablespace pg_default');
      await admin.query('drop tablespace small');
    }, 120_000);

  it('that does not sync is refused by every service that starts', async () => {
    const { databaseUrl, natsUrl: NATS_URL, token: GATEWAY_TOKEN } = faulty.system;
    const careless = new URL(databaseUrl);
    careless.searchParams.set('options', '-c synchronous_commit=off');
    const env = { DATABASE_URL: careless.href, NATS_URL, GATEWAY_TOKEN };
    const starts = SERVICES.map(async (service) => {
      const main = fileURLToPath(new URL(`../../../${service}/dist/main.js`, import.meta.url));
      const { code, stdout, stderr } = await runNode([main], env);
      expect([service, code, stdout + stderr]).toEqual([
        service,
        1,
        expect.stringContaining('synchronous_commit is off'),
      ]);
    });
    await Promise.all(starts);
  }, 240_000);
});

describe('JetStream', () => {
  if (canMount())
    it('whose disk is full takes no reports: a cancel kills at once and waits, and completes when there is room', async () => {
      const { system, client } = faulty;
      const jobId = await runningJob();
      const disk = smallDisk('nats-server', 'nats', 'jetstream');
      await kill(system, 'nats-server');
      await untilJetStream('store');
      disk.fill();
      await untilJetStream('refuse');
      const cancellationId = await cancelUntilHeard(client, jobId);
      await eventually(() => expect(processesOf(jobId)).toEqual([]));
      expect(await client.getCancellation(cancellationId)).toMatchObject({ status: 'in-progress', certificate: null });
      const switchedOff = system.servers.get('nats-server')?.pid;
      disk.free();
      expect((await untilCancellation(client, cancellationId, 'completed')).certificate?.outcome).toBe('completed');
      // It had switched its JetStream off until it is started again: its supervisor did.
      expect(system.servers.get('nats-server')?.pid).not.toBe(switchedOff);
    }, 180_000);
});

describe('in the end', () => {
  it('nothing is lost or doubled', async () => {
    await untilAllReady(faulty.system);
    expect(await faulty.audit.faults(jobIds)).toEqual([]);
    expect(await faulty.audit.verifyAll()).toEqual([]);
  }, 60_000);
});
