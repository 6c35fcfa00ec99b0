import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent, ExecutionResource } from '@necrocode/contracts';
import { connectMessaging, runnerPublisher } from '@necrocode/messaging';
import { eventually } from '@necrocode/testing';
import { openUnkillable } from '@necrocode/testing/hostile';
import { AttemptsSeen } from './support/attempts-seen.js';
import { startCutOffRunner } from './support/cut-off-runner.js';
import { executionsAliveOf, processesOf } from './support/processes-of.js';
import { runCli } from './support/run-cli.js';
import { testSystem } from './support/test-system.js';

const LEASE_MS = 2_000;
/** Ignores SIGTERM and leaves a file. */
const COMMAND = ['sh', '-c', 'trap "" TERM; touch left; while :; do sleep 0.1; done'];

let world: Awaited<ReturnType<typeof testSystem>>;
let cutOff: Awaited<ReturnType<typeof startCutOffRunner>>;
let runnerId: string;
let jobId: string;
let seen: AttemptsSeen;
let first: ExecutionResource;
let second: ExecutionResource;

const executions = async (): Promise<readonly ExecutionResource[]> =>
  (await world.client.getJob(jobId)).tasks.flatMap((task) => task.executions);
const events = async (type: string): Promise<readonly CloudEvent[]> =>
  (await world.client.jobEvents(jobId)).filter(({ eventtype }) => eventtype === type);
/** @param subject whose; default: the first of that type */
const event = (type: string, subject?: string): Promise<CloudEvent> =>
  eventually(
    async () => {
      const found = (await events(type)).find((each) => subject === undefined || each.subject === subject);
      if (!found) throw new Error(`no ${type} yet`);
      return found;
    },
    { withinMs: 30_000 },
  );
const statusOfRunner = async (): Promise<string | undefined> =>
  (await world.client.listRunners()).items.find((runner) => runner.runnerId === runnerId)?.status;
const running = (attempt: number): Promise<ExecutionResource> =>
  eventually(
    async () => {
      const found = (await executions()).find((each) => each.attempt === attempt && each.status === 'running');
      if (!found) throw new Error(`attempt ${attempt} does not run yet`);
      return found;
    },
    { withinMs: 30_000 },
  );

beforeAll(async () => {
  world = await testSystem({ env: { LEASE_MS: String(LEASE_MS) } });
  cutOff = await startCutOffRunner(world.system);
  runnerId = await cutOff.id();
  await eventually(async () => expect(await statusOfRunner()).toBe('ready'), { withinMs: 60_000 });
  const retry = { maxAttempts: 2, backoff: { initialMs: 50, factor: 1, maxMs: 50, jitter: 0 } };
  ({ jobId } = await world.client.submitJob({ name: 'cut off', tasks: [{ key: 'a', command: COMMAND, retry }] }));
  first = await running(1);
  expect(first.runnerId).toBe(runnerId);
  seen = new AttemptsSeen(jobId);
  await eventually(() => expect(seen.attempts.size).toBe(1));
  cutOff.wire.cut();
  second = await running(2);
}, 180_000);
afterAll(async () => {
  seen.stop();
  await cutOff.end();
  await world.end();
}, 60_000);

describe('a runner that is cut off', () => {
  it('has ended its own trees, also those that do not help, before its lease is fenced', async () => {
    const fencedAt = Date.parse((await event('ExecutionFenced')).time);
    expect(seen.attempts.get(first.executionId)?.lastAt).toBeLessThan(fencedAt);
  });

  it('has its task retried on another one, and only after that', async () => {
    const [fenced, unplaced] = [await event('ExecutionFenced'), await event('JobUnplaced')];
    const started = await event('ExecutionStarted', second.executionId);
    expect(second.runnerId).not.toBe(runnerId);
    expect(unplaced.data).toMatchObject({ runnerId });
    expect(Number(unplaced.sequence)).toBeGreaterThan(Number(fenced.sequence));
    expect(Number(started.sequence)).toBeGreaterThan(Number(unplaced.sequence));
    expect(seen.attempts.get(second.executionId)?.firstAt).toBeGreaterThan(Date.parse(fenced.time));
    expect(seen.together).toBe(0);
  });

  it('changes nothing when it is back: its end is noted, and what replaced it runs on', async () => {
    expect(await statusOfRunner()).toBe('lost');
    cutOff.wire.heal();
    expect((await event('LateReportNoted')).data).toMatchObject({
      executionId: first.executionId,
      report: 'ended: lease-lost',
    });
    await eventually(async () => expect(await statusOfRunner()).toBe('ready'));
    const [before, after] = await executions();
    expect(before).toMatchObject({ status: 'ended', ending: { reason: 'lease-lost', evidence: { survivors: 0 } } });
    expect(after).toMatchObject({ executionId: second.executionId, status: 'running', attempt: 2 });
    expect([...executionsAliveOf(jobId)]).toEqual([second.executionId]);
  });

  it('is refused, with a note, what it says of the present attempt with the token of the past one', async () => {
    const [given] = (await events('TaskAssigned')).map(({ data }) => data as { assignment: Record<string, unknown> });
    const { fencingToken } = given?.assignment ?? {};
    const { executionId, taskId } = second;
    const execution = { executionId, taskId, jobId, runnerId: second.runnerId, attempt: 2, fencingToken, slot: null };
    const connection = await connectMessaging({ url: world.system.natsUrl, name: 'spec' });
    const publisher = runnerPublisher(connection);
    const body = { kind: 'ended', execution, ending: first.ending ?? (await executions())[0]?.ending, at: new Date() };
    await publisher.publishReport({ runnerId: String(second.runnerId), executionId, kind: 'ended', id: 'stale', body });
    expect((await event('StaleReportNoted')).data).toMatchObject({ executionId, fencingToken });
    expect((await executions())[1]).toMatchObject({ executionId, status: 'running' });
    await publisher.close();
    await connection.close();
  });

  it('is cleaned with the rest of the job, whose certificate covers it', async () => {
    const workspace = join(cutOff.home, 'workspaces', jobId);
    expect(existsSync(workspace)).toBe(true);
    const { cancellationId } = await world.client.cancelJob(jobId, { force: true });
    const { certificate } = await world.completed(String(cancellationId));
    expect(certificate?.verification).toMatchObject({ survivors: 0, leftFiles: 0 });
    expect(existsSync(workspace)).toBe(false);
    expect([...executionsAliveOf(jobId)]).toEqual([]);
  });
});

describe('a workspace that is left behind', () => {
  const orphans = async () =>
    (await world.client.listRunners()).items.find((runner) => runner.runnerId === runnerId)?.orphans;
  const written = (id: string) => {
    const workspace = join(cutOff.home, 'workspaces', id);
    mkdirSync(workspace, { recursive: true });
    writeFileSync(join(workspace, 'late'), 'x');
    return workspace;
  };

  it('is found and removed by the cleanup of its job, also on a runner that the job has left', async () => {
    const workspace = written(jobId);
    await eventually(() => expect(existsSync(workspace)).toBe(false), { withinMs: 30_000 });
    await eventually(async () => expect(await events('CleanupCompleted')).toHaveLength(2));
    expect(await events('CleanupReopened')).toHaveLength(1);
    await eventually(async () => expect(await orphans()).toEqual([]), { withinMs: 30_000 });
  }, 120_000);

  it('is told of and left alone when the store does not know its job, until somebody has removed it', async () => {
    const foreign = `job_01kq${'0'.repeat(22)}`;
    const workspace = written(foreign);
    await eventually(async () => expect(await orphans()).toEqual([{ kind: 'workspace', jobId: foreign }]), {
      withinMs: 30_000,
    });
    expect(existsSync(join(workspace, 'late'))).toBe(true);
    rmSync(workspace, { recursive: true });
    await eventually(async () => expect(await orphans()).toEqual([]), { withinMs: 30_000 });
  }, 120_000);
});

for (const unkillable of openUnkillable())
  describe('a host with a process that cannot be killed', () => {
    const submit = async () => {
      ({ jobId } = await world.client.submitJob({
        name: 'unkillable',
        tasks: [{ key: 'a', command: ['sleep', '300'] }],
      }));
      return { ...(await running(1)), jobId };
    };

    it('is quarantined and shown, given nothing new, and let go when they are proven gone', async () => {
      const held = await submit();
      expect(held.runnerId).toBe(runnerId);
      unkillable.hold(processesOf(held.jobId));
      const { cancellationId } = await world.client.cancelJob(held.jobId, { force: true });
      await eventually(async () => expect(await statusOfRunner()).toBe('quarantined'), { withinMs: 30_000 });
      const { stdout } = await runCli(['runner', 'list'], { NECROCODE_HOME: world.home });
      expect(stdout).toMatch(new RegExp(`${runnerId} +quarantined`));
      expect((await submit()).runnerId).not.toBe(runnerId);
      expect((await world.client.getCancellation(String(cancellationId))).certificate).toBeNull();
      unkillable.letGo();
      const { certificate } = await world.completed(String(cancellationId));
      expect(certificate?.executions).toMatchObject([{ executionId: held.executionId, forced: true, survivors: 0 }]);
      await eventually(async () => expect(await statusOfRunner()).toBe('ready'));
      unkillable.end();
    }, 60_000);
  });
