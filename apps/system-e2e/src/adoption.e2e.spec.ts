import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { startCutOffRunner } from './support/cut-off-runner.js';
import { processesNaming } from './support/processes-of.js';
import { testSystem } from './support/test-system.js';

const POOL = 'adopting';

/** In the arguments of whatever the job runs, and of nobody else. */
const token = `1${randomInt(1e8, 1e9)}`;

/** Says who it is, then counts; keeps a child in a session of its own. Neither hears SIGTERM. */
const COUNTING = `trap "" TERM; (setsid sleep ${token} &); echo leader $$; while :; do echo tick $((i=i+1)); sleep 0.1; done`;

let world: Awaited<ReturnType<typeof testSystem>>;
let agent: Awaited<ReturnType<typeof startCutOffRunner>>;

// Its lease outlasts the time a busy machine needs to bring the successor up.
beforeAll(async () => {
  world = await testSystem({ env: { LEASE_MS: '60000' } });
  agent = await startAgent();
}, 180_000);
afterAll(async () => {
  await agent.end();
  for (const pid of processesNaming(token)) process.kill(pid, 'SIGKILL');
  await world.end();
}, 60_000);

const startAgent = () =>
  startCutOffRunner(world.system, { RUNNER_ORPHANS: 'adopt', RUNNER_SLOTS: `${POOL}:counted:1` }, 'adopting-runner');
const slotIs = (status: string) =>
  eventually(
    async () => {
      const { items } = await world.client.listSlotPools();
      expect(items.find(({ pool }) => pool === POOL)?.slots).toMatchObject([{ status }]);
    },
    { withinMs: 60_000 },
  );
const runnerOf = async (runnerId: string) =>
  (await world.client.listRunners()).items.find((runner) => runner.runnerId === runnerId);

/** What it has written so far. */
function follow(jobId: string) {
  let text = '';
  const read = async () => {
    for await (const chunk of world.client.followLogs(jobId)) text += chunk.text;
  };
  const ended = read();
  const ticks = () => [...text.matchAll(/^tick (\d+)\n/gm)].map(([, number]) => Number(number));
  return { ended, ticks, leader: () => Number(/^leader (\d+)\n/m.exec(text)?.[1]) };
}
type Followed = ReturnType<typeof follow>;

const ticksAfter = (followed: Followed, tick: number) =>
  eventually(() => expect(followed.ticks().at(-1)).toBeGreaterThan(tick), { withinMs: 60_000 });

describe('what an agent that is killed was running, where its successor adopts', () => {
  it('goes on, and is cancelled then with the same proof as any other', async () => {
    await slotIs('free');
    const { jobId } = await world.client.submitJob({
      name: 'adopted',
      tasks: [{ key: 'a', command: ['sh', '-c', COUNTING, token], slot: { pool: POOL }, gracePeriodMs: 200 }],
    });
    const output = follow(jobId);
    await ticksAfter(output, 3);
    const leader = output.leader();
    const runnerId = await agent.id();
    const before = await runnerOf(runnerId);

    await agent.kill();
    const lastTick = output.ticks().at(-1) ?? 0;
    agent = await startAgent();
    await eventually(async () => expect((await runnerOf(runnerId))?.registeredAt).not.toBe(before?.registeredAt), {
      withinMs: 60_000,
    });
    await ticksAfter(output, lastTick + 5);
    expect(processesNaming(token)).toContain(leader);
    const { tasks } = await world.client.getJob(jobId);
    expect(tasks[0]?.executions).toMatchObject([{ runnerId, attempt: 1, status: 'running' }]);
    await slotIs('leased');

    const { cancellationId } = await world.client.cancelJob(jobId);
    const { certificate } = await world.completed(String(cancellationId));
    expect(processesNaming(token)).toEqual([]);
    expect(certificate).toMatchObject({ outcome: 'completed', executions: [{ forced: true, survivors: 0 }] });
    await slotIs('free');
    await output.ended;
    // The last piece may have been read twice, and nothing is missing.
    const ticks = [...new Set(output.ticks())];
    expect(ticks).toEqual(ticks.map((_, index) => index + 1));
  }, 300_000);
});
