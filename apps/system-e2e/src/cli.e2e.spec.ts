import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, tempDirectory } from '@necrocode/testing';
import { processesOf } from './support/processes-of.js';
import { runCli } from './support/run-cli.js';
import { testSystem } from './support/test-system.js';

type System = Awaited<ReturnType<typeof testSystem>>;
let world: System;
let file: string;

beforeAll(async () => {
  world = await testSystem({ env: { ARCHIVE_AFTER_DAYS: '0', ARCHIVE_KEEP_NEWEST: '1' } });
  file = join(world.home, 'job.json');
  const job = {
    name: 'from the CLI',
    tasks: [
      { key: 'say', command: ['sh', '-c', 'echo $${GREETING}; exec sleep 1000'], env: { GREETING: '${GREETING}' } },
    ],
  };
  await writeFile(file, JSON.stringify(job));
}, 180_000);
afterAll(() => world.end(), 60_000);

const necrocode = (...args: string[]) => runCli(args, { NECROCODE_HOME: world.home });

const submit = async (): Promise<string> => {
  const { stdout, code } = await necrocode('job', 'submit', file, '--set', 'GREETING=hello', '-o', 'id');
  expect(code).toBe(0);
  return stdout.trim();
};

describe('necrocode job', () => {
  it('submits, lists, shows, streams, cancels with a certificate on stdout, and remembers it', async () => {
    const jobId = await submit();
    await world.job(jobId, ({ tasks }) => tasks[0]?.status === 'running');
    expect((await necrocode('job', 'list')).stdout).toContain(jobId);
    expect((await necrocode('job', 'get', jobId.slice(0, 20))).stdout).toContain('running');
    expect((await necrocode('job', 'logs', '@last')).stdout).toContain('say | hello');
    const cancelled = await necrocode('job', 'cancel', '@last', '--yes', '--reason', 'seen enough');
    expect(cancelled.code).toBe(0);
    expect(cancelled.stdout).toContain('Death certificate');
    expect(cancelled.stderr).toContain('SIGTERM');
    expect(processesOf(jobId)).toEqual([]);
    expect((await necrocode('job', 'cancel-status', jobId)).stdout).toMatch(/certify +completed/);
    expect((await necrocode('job', 'cancellations')).stdout).toContain('seen enough');
    expect((await necrocode('cancellation', 'show', '@last')).stdout).toContain('seen enough');
    expect(await necrocode('job', 'cancel', jobId, '--yes')).toMatchObject({ code: 0 });
    const played = await necrocode('cancellation', 'replay', '@last', '--play', '--speed', '100x');
    expect(played).toMatchObject({ code: 0, stderr: '' });
    expect(played.stdout).toMatch(/requested[^]+SIGTERM to[^]+gone [^]+cancelled {2}with a certificate\n$/);
    expect((await necrocode('cancellation', 'replay', '@last', '--at', '1')).stdout).toMatch(/CancellationRequested/);
    const [submitted] = (await necrocode('job', 'history', jobId, '-o', 'id')).stdout.split('\n');
    expect((await necrocode('job', 'history', jobId, '--at', submitted ?? '')).stdout).toMatch(/queued[^]+none held/);
    expect(await necrocode('projections', 'rebuild', 'read-model')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('build 2'),
    });
    expect(await necrocode('projections', 'verify')).toMatchObject({ code: 0 });
    expect((await necrocode('audit', 'verify')).stdout).toContain('every chain is whole');
  }, 120_000);

  it('cancels a queue as one cancellation, and only the jobs that were agreed to', async () => {
    const job = { name: 'queued', queue: 'bulk', tasks: [{ key: 'a', command: ['sleep', '1000'] }] };
    // Nobody offers the slots these ask for, so they wait.
    const waiting = { ...job, tasks: [{ ...job.tasks[0], key: 'a', slot: { pool: 'nowhere' } }] };
    const { jobIds } = await world.client.submitBatch({
      jobs: [job, job, ...Array.from({ length: 28 }, () => waiting)],
    });
    await world.job(jobIds[0] ?? '', ({ status }) => status === 'running');
    expect(await necrocode('queue', 'cancel', 'bulk')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes'),
    });
    expect((await necrocode('queue', 'status', 'bulk')).stdout).toMatch(/^bulk +2[89] +[12] /m);
    expect((await necrocode('queue', 'cancel', 'bulk', '--yes', '--expect', '29')).code).toBe(7);
    const dry = await necrocode('queue', 'cancel', 'bulk', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining('Would cancel 30 jobs') });
    const cancelled = await necrocode('queue', 'cancel', 'bulk', '--yes', '--reason', 'wrong queue');
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining('30 of 30: 30 cancelled') });
    for (const jobId of jobIds) expect(processesOf(jobId)).toEqual([]);
    expect((await necrocode('queue', 'clear', 'bulk', '--yes')).code).toBe(3);
    const id = /can_\w+/.exec(cancelled.stdout)?.[0] ?? '';
    expect((await necrocode('cancellation', 'show', id)).stdout).toContain('wrong queue');
    expect((await necrocode('job', 'cancel-status', jobIds.at(-1) ?? '')).stdout).toContain('30 of 30');
  }, 120_000);

  it('shows events as they are stored: of a job, and of everything', async () => {
    const jobId = await submit();
    expect((await necrocode('job', 'cancel', jobId, '--yes')).code).toBe(0);
    expect((await necrocode('job', 'events', jobId, '-f')).stdout).toMatch(/JobSubmitted +job-[^]+JobCancelled +job-/);
    const args = ['events', 'tail', '--after', '0', '--type', 'JobCancelled', '-o', 'ndjson'];
    const tail = await runCli(args, { NECROCODE_HOME: world.home }, new RegExp(`job-${jobId}`));
    expect(tail).toMatchObject({ code: 130, stderr: '' });
  }, 120_000);

  it('pauses a queue: nothing of it begins until it is resumed', async () => {
    expect((await necrocode('queue', 'pause', 'held')).stderr).toContain('held is paused');
    const { jobId } = await world.client.submitJob({
      name: 'held',
      queue: 'held',
      tasks: [{ key: 'a', command: ['true'] }],
    });
    await eventually(async () =>
      expect((await necrocode('queue', 'status', 'held')).stdout).toMatch(/^held +1 +0 .* by /m),
    );
    expect((await necrocode('queue', 'resume', 'held')).stderr).toContain('held is not paused');
    await world.job(jobId, ({ status }) => status === 'completed');
  }, 120_000);

  it('never cancels without consent: without a terminal and without --yes it exits 2 and names the flag', async () => {
    const jobId = await submit();
    expect(await necrocode('job', 'cancel', jobId, '-o', 'json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes'),
    });
    expect((await world.client.getJob(jobId)).cancellations).toEqual([]);
    expect((await necrocode('job', 'cancel', jobId, '--yes', '--force')).code).toBe(0);
  }, 120_000);

  it('shows what a cancel would do, changes nothing, and carries out that plan only', async () => {
    const jobId = await submit();
    await world.job(jobId, ({ tasks }) => tasks[0]?.status === 'running');
    const dry = await necrocode('job', 'cancel', jobId, '--dry-run', '-o', 'json');
    const { plan } = JSON.parse(dry.stdout) as { plan: { planToken: string } };
    expect({ code: dry.code, plan }).toMatchObject({
      code: 0,
      plan: { tasks: [{ key: 'say', action: 'stop' }], executions: [{ task: 'say', signal: 'SIGTERM' }] },
    });
    expect((await necrocode('job', 'cancel', jobId, '--dry-run')).stdout).toContain('--plan-token');
    expect((await world.client.getJob(jobId)).cancellations).toEqual([]);
    const forced = await necrocode('job', 'cancel', jobId, '--yes', '--force', '--plan-token', plan.planToken);
    expect(forced).toMatchObject({ code: 7, stderr: expect.stringContaining('SIGKILL at once') });
    expect((await necrocode('job', 'cancel', jobId, '--yes', '--plan-token', plan.planToken)).code).toBe(0);
  }, 120_000);

  it('says what is wrong by its exit code, without a stack', async () => {
    const results = {
      unknownJob: await necrocode('job', 'get', 'job_01m81frbbgen883t3jrt5j7077'),
      unknownPrefix: await necrocode('job', 'get', 'zzz'),
      unset: await necrocode('job', 'submit', file),
      noFile: await necrocode('job', 'submit', '/no/such/file'),
      unknownCommand: await necrocode('job', 'dance'),
      badDuration: await necrocode('job', 'cancel', '@last', '--grace', 'soon'),
    };
    const codes = Object.fromEntries(Object.entries(results).map(([name, { code }]) => [name, code]));
    expect(codes).toEqual({ unknownJob: 3, unknownPrefix: 3, unset: 2, noFile: 2, unknownCommand: 2, badDuration: 2 });
    for (const { stderr } of Object.values(results)) expect(stderr).not.toMatch(/\n\s+at /);
  }, 60_000);

  it('reports every fault of a job with its path, and exits 2', async () => {
    const bad = join(world.home, 'bad.json');
    await writeFile(
      bad,
      JSON.stringify({
        name: 'bad',
        tasks: [
          { key: 'a', command: [], dependsOn: ['b'] },
          { key: 'a', command: 'x', what: 1 },
        ],
      }),
    );
    const { code, stderr } = await necrocode('job', 'submit', bad);
    expect(code).toBe(2);
    for (const path of ['tasks.0.command', 'tasks.1.command', 'tasks.1.what']) expect(stderr).toContain(path);
  }, 60_000);

  it('does not get in with a wrong token: exit 4', async () => {
    const wrong = await runCli(['job', 'list'], { NECROCODE_HOME: world.home, NECROCODE_TOKEN: 'x'.repeat(40) });
    expect(wrong).toMatchObject({ code: 4 });
  }, 60_000);
});

// Last, for it takes away what the others made.
describe('necrocode archive', () => {
  async function cancelled(jobId: string): Promise<string> {
    const { cancellationId } = await world.client.cancelJob(jobId);
    return (await world.completed(cancellationId ?? '')).cancellationId;
  }

  it('moves what is over into files that prove themselves, and everything else goes on', async () => {
    const directory = join(world.home, 'archive');
    const cancellationId = await cancelled(await submit());
    const open = await submit();
    await eventually(async () => expect((await world.client.archives.plan()).streams).toBeGreaterThan(0));
    const archived = await necrocode('archive', '--to', directory);
    expect(archived).toMatchObject({ code: 0, stdout: expect.stringContaining('archive 1: ') });
    const offline = await runCli(['audit', 'verify', '--archive', directory], {});
    expect(offline).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok archive 1: .* certificates: [1-9]/) });
    expect(await necrocode('audit', 'verify', '--archive', directory, '--online')).toMatchObject({ code: 0 });
    const shown = await runCli(['archive', 'show', cancellationId, '--from', directory], {});
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/CancellationCompleted[^]+"outcome"/) });
    const gone = await necrocode('cancellation', 'show', cancellationId);
    expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining('in archive 1') });
    expect(await necrocode('projections', 'verify')).toMatchObject({ code: 0 });
    await cancelled(open);
  }, 120_000);
});

describe('without a system', () => {
  it('says so and how to start one', async () => {
    const nowhere = await tempDirectory();
    expect(await runCli(['job', 'list'], { NECROCODE_HOME: nowhere.path })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('npm start'),
    });
    await nowhere.remove();
  });

  it('a second one on the same home is refused in one sentence', async () => {
    const { code, stderr } = await necrocode('up', '--port', '4999');
    expect(code).toBe(1);
    expect(stderr).toContain('runs already');
    expect(stderr).not.toMatch(/\n\s+at /);
  }, 60_000);
});
