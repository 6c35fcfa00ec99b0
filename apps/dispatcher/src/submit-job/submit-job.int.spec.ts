import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { meta, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});

afterEach(() => stage.strike());

describe('submitting a job', () => {
  it('stores it with the tasks that may start, and remembers where each task belongs', async () => {
    const [a, b] = [task('a'), task('b', { dependsOn: ['a'] })];
    const job = submission([a, b]);
    const first = meta();
    expect(await replica.dispatcher.submitJob.handle(job, first)).toEqual({ jobId: job.jobId, repeated: false });
    const events = await replica.store.readStream(`job-${job.jobId}`);
    expect(
      events.map(({ type, metadata: { actor, correlationId, causationId } }) => [
        type,
        actor,
        correlationId,
        causationId,
      ]),
    ).toEqual([
      ['JobSubmitted', 'user:ada', job.jobId, first.id],
      ['TaskQueued', 'user:ada', job.jobId, first.id],
    ]);
    expect(await replica.rows('ready_task')).toEqual([expect.objectContaining({ task_id: a.taskId })]);
    expect(await replica.dispatcher.findTask.handle(b.taskId)).toEqual({ jobId: job.jobId });
  });

  it('answers a repetition with the job there is, whatever task ids it drew', async () => {
    const job = submission([task('a')]);
    await replica.submit(job);
    const again = { ...job, tasks: job.tasks.map((wanted) => ({ ...wanted, taskId: newId('task') })) };
    expect(await replica.dispatcher.submitJob.handle(again, meta())).toEqual({ jobId: job.jobId, repeated: true });
    expect(await replica.rows('task')).toHaveLength(1);
  });

  it('stores it once when the same command comes twice at the same time', async () => {
    const job = submission([task('a')]);
    const command = meta();
    const answers = await Promise.all([1, 2].map(() => replica.dispatcher.submitJob.handle(job, command)));
    expect(answers.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
    expect(await replica.typesOf(job.jobId)).toEqual(['JobSubmitted', 'TaskQueued']);
  });

  it('refuses another job under the same id, also under the same command id', async () => {
    const job = submission([task('a')]);
    const command = meta();
    await replica.dispatcher.submitJob.handle(job, command);
    for (const other of [submission([task('b')]), submission([task('a'), task('b')])]) {
      const conflicting = { ...other, jobId: job.jobId };
      await expect(replica.dispatcher.submitJob.handle(conflicting, command)).rejects.toThrow('idempotency-conflict');
      await expect(replica.dispatcher.submitJob.handle(conflicting, meta())).rejects.toThrow('idempotency-conflict');
    }
  });
});

describe('asking for what is not there', () => {
  it('refuses a task nobody submitted', () =>
    expect(replica.dispatcher.findTask.handle(newId('task'))).rejects.toThrow('task-not-found'));
  it('refuses a job nobody submitted', () =>
    expect(replica.dispatcher.describeJob.handle(newId('job'))).rejects.toThrow('job-not-found'));
  it('refuses to block a job nobody submitted', () =>
    expect(replica.block(submission([]), newId('can'))).rejects.toThrow('job-not-found'));
});
