import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CancelJobInput, CertificateResource } from '@necrocode/contracts';
import { eventually } from '@necrocode/testing';
import { processesNaming, stateOf } from './support/processes-of.js';
import { testSystem } from './support/test-system.js';

// After linux tools/testing/selftests/cgroup/test_kill.c, Slurm's cancel tests (6.8, 6.15, 7.5) and systemd's subgroup-kill: the
// same things, asked of a whole system. Who is alive is read from /proc by a number no other process has among its arguments.

let world: Awaited<ReturnType<typeof testSystem>>;
let neighbour: { readonly token: string; readonly pids: readonly number[] };

const newToken = (): string => `1${randomInt(1e8, 1e9)}`;

interface Running {
  readonly jobId: string;
  readonly token: string;
}

/** A running job of `count` processes that name its token. `@` in the script stands for the token. */
async function running(
  script: string,
  count: number,
  more: object = {},
  args: readonly string[] = [],
): Promise<Running> {
  const token = newToken();
  const text = script.replaceAll('@', token);
  const { gracePeriodMs, ...spec } = { gracePeriodMs: 5_000, ...more };
  const { jobId } = await world.client.submitJob({
    name: 'kill suite',
    ...spec,
    tasks: [{ key: 'a', command: ['sh', '-c', text, text, ...args], gracePeriodMs }],
  });
  await eventually(() => expect(processesNaming(token).length).toBeGreaterThanOrEqual(count), { withinMs: 60_000 });
  return { jobId, token };
}

async function ended(
  { jobId, token }: Running,
  body: CancelJobInput = {},
): Promise<CertificateResource['executions'][0]> {
  const { cancellationId } = await world.client.cancelJob(jobId, body);
  const { certificate } = await world.completed(String(cancellationId));
  expect(processesNaming(token)).toEqual([]);
  const [execution] = certificate?.executions ?? [];
  if (certificate?.outcome !== 'completed' || !execution) throw new Error('no proof');
  return execution;
}

async function linesOf(jobId: string): Promise<readonly string[]> {
  let text = '';
  for await (const chunk of world.client.followLogs(jobId)) text += chunk.text;
  return text.split('\n').filter((line) => line !== '');
}

beforeAll(async () => {
  world = await testSystem();
  const { token } = await running('sleep @ & exec sleep @', 2);
  neighbour = { token, pids: processesNaming(token) };
}, 180_000);
afterAll(() => world.end(), 60_000);

describe("the kernel's kill tests", () => {
  it('simple: 100 processes', async () => {
    const job = await running('i=0; while [ $i -lt 99 ]; do sleep @ & i=$((i + 1)); done; wait', 100);
    const { signals, survivors } = await ended(job, { force: true });
    expect(survivors).toBe(0);
    expect(signals).toMatchObject([{ signal: 'SIGKILL', processes: 100 }]);
  }, 120_000);

  it('tree: ten generations', async () => {
    const generation = 'if [ $1 -gt 1 ]; then sh -c "$0" "$0" $(($1 - 1)) & fi; sleep @; wait';
    const job = await running(generation, 20, {}, ['10']);
    expect(await ended(job)).toMatchObject({ survivors: 0 });
  }, 120_000);

  it('forkbomb: everybody forks without end', async () => {
    const heir = 'if [ "$1" = heir ]; then sh -c "$0" "$0" heir & sleep 0.05; exit; fi;';
    const job = await running(`${heir} for i in 1 2 3 4 5 6 7 8; do sh -c "$0" "$0" heir & done; sleep @`, 9);
    expect(await ended(job, { force: true })).toMatchObject({ survivors: 0, forced: true });
  }, 120_000);
});

describe('who tries to get away', () => {
  it.each([
    ['into a session of its own', 'setsid sleep @ & sleep @'],
    ['without its environment', 'env -i setsid sleep @ & sleep @'],
    ['by a double fork', '(setsid sleep @ & ) & sleep @'],
    ['by stopping itself', 'sh -c "kill -STOP \\$\\$; : @" & sleep @'],
  ])(
    '%s is ended all the same',
    async (_, script) => {
      expect(await ended(await running(script, 2))).toMatchObject({ survivors: 0 });
    },
    120_000,
  );
});

describe('who is asleep in the kernel', () => {
  it('waiting for a child it has vforked, is ended with it, by force where both ignore the signal', async () => {
    // clone(2) by its number, with CLONE_VFORK: the parent waits uninterruptibly until its child is gone.
    const clone = `syscall(${process.arch === 'arm64' ? 220 : 56}, 0x4011, 0, 0, 0, 0)`;
    const job = await running(`exec perl -e '$SIG{TERM} = "IGNORE"; ${clone}; sleep 1000' @`, 2, {
      gracePeriodMs: 200,
    });
    await eventually(() => expect(processesNaming(job.token).map(stateOf)).toContain('D'));
    expect(await ended(job)).toMatchObject({ forced: true, survivors: 0 });
  }, 120_000);
});

describe('signals', () => {
  it('reach each of three generations once, and nobody is forced who ends by itself', async () => {
    const generation =
      'trap "echo got $1; exit 0" TERM; if [ $1 -gt 1 ]; then sh -c "$0" "$0" $(($1 - 1)) & fi; sleep @ & wait';
    const job = await running(generation, 6, {}, ['3']);
    expect(await ended(job)).toMatchObject({ forced: false, survivors: 0 });
    expect([...(await linesOf(job.jobId))].sort()).toEqual(['got 1', 'got 2', 'got 3']);
  }, 120_000);

  it('come to one that ignores them exactly once before SIGKILL, however often a shorter grace is asked for', async () => {
    const job = await running('trap "echo TERM" TERM; echo up; while :; do sleep @ & wait $!; done', 2, {
      gracePeriodMs: 60_000,
    });
    await world.client.cancelJob(job.jobId);
    await eventually(async () => {
      const { tasks } = await world.client.getJob(job.jobId);
      expect(tasks[0]?.status).toBe('cancelling');
    });
    await world.client.cancelJob(job.jobId, { gracePeriodMs: 2_000 });
    const { signals, forced } = await ended(job, { gracePeriodMs: 1_500 });
    expect(forced).toBe(true);
    expect(signals.filter(({ signal }) => signal === 'SIGTERM')).toHaveLength(1);
    expect((await linesOf(job.jobId)).filter((line) => line === 'TERM')).toHaveLength(1);
  }, 120_000);
});

describe('nobody else', () => {
  it('is ended by a filter: of four jobs only the one that fits it in every part', async () => {
    const jobs = new Map<string, Running>();
    for (const queue of ['one', 'other'])
      for (const team of ['a', 'b']) jobs.set(queue + team, await running('sleep @', 1, { queue, labels: { team } }));
    const target = { kind: 'selector' as const, selector: { queue: 'one', labels: { team: 'a' } } };
    const { cancellationId, plan } = await world.client.cancelMany({ target });
    expect(plan.targets).toBe(1);
    await eventually(async () =>
      expect(await world.client.getBulk(String(cancellationId))).toMatchObject({ status: 'completed' }),
    );
    const alive = [...jobs].filter(([, { token }]) => processesNaming(token).length > 0).map(([name]) => name);
    expect(alive).toEqual(['oneb', 'othera', 'otherb']);
    for (const name of alive) await ended(jobs.get(name) ?? { jobId: '', token: '' }, { force: true });
  }, 120_000);

  it('was touched by any of this: the neighbour runs as it did', () => {
    expect(processesNaming(neighbour.token)).toEqual(neighbour.pids);
  });
});
