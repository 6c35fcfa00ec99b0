// Submits a job that ignores the polite signal, cancels it and prints what the certificate proves.
import { connect, statesOf } from './connect.mjs';

const client = await connect();

const { jobId } = await client.submitJob({
  name: 'runs wild',
  tasks: [
    { key: 'wild', command: ['sh', '-c', 'trap "" TERM; sleep 1000 & echo ready; wait'], gracePeriodMs: 500 },
    { key: 'behind', command: ['true'], dependsOn: ['wild'] },
  ],
});
for await (const { text } of client.followLogs(jobId)) if (text.includes('ready')) break;
console.log(`${jobId}: ${statesOf(await client.getJob(jobId))}`);

// With `waitMs` the answer comes when there is an outcome; without it at once, as soon as the request is stored.
const { result, message, cancellation } = await client.cancelJob(jobId, { reason: 'seen enough' }, { waitMs: 60_000 });
console.log(`${result}: ${message}`);

const { executions, tasks, verification } =
  cancellation.certificate ?? (await client.certificate(cancellation.cancellationId));
for (const { task, signals, forced, survivors, assurance } of executions) {
  const sent = signals.map(({ signal, processes }) => `${signal} to ${processes}`).join(', then ');
  console.log(`${task}: ${sent}; ${forced ? 'forced' : 'ended by itself'}; ${survivors} survivors (${assurance})`);
}
console.log(`${tasks.cancelled} tasks cancelled, ${tasks.neverStarted} of them never started`);
console.log(`looked again ${verification.passes} times: ${verification.survivors} processes left`);
console.log(`${jobId}: ${statesOf(await client.getJob(jobId))}`);
