// Cancels one task of a running job with everything that depends on it; the rest of the job goes on.
import { connect, statesOf, until } from './connect.mjs';

const client = await connect();

const { jobId, tasks } = await client.submitJob({
  name: 'two branches',
  tasks: [
    { key: 'train', command: ['sleep', '1000'] },
    { key: 'evaluate', command: ['true'], dependsOn: ['train'] },
    { key: 'publish', command: ['true'], dependsOn: ['evaluate'] },
    { key: 'index', command: ['sleep', '1000'] },
  ],
});
const running = await until(
  client,
  jobId,
  (job) => job.tasks.filter(({ status }) => status === 'running').length === 2,
);
console.log(`${jobId}: ${statesOf(running)}`);

const { taskId } = tasks.find(({ key }) => key === 'train');
const { message } = await client.cancelTask(taskId, { reason: 'diverged', cascade: true }, { waitMs: 60_000 });
console.log(`train: ${message}`);
console.log(`${jobId}: ${statesOf(await client.getJob(jobId))}`);

await client.cancelJob(jobId, { reason: 'the example is over' }, { waitMs: 60_000 });
