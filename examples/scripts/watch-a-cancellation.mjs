// Prints every event of a cancellation as it happens: `node examples/scripts/watch-a-cancellation.mjs [cancellation-id]`.
// Without an id it cancels a job of its own and watches that. Started again it shows the same events, however late.
import { connect, until } from './connect.mjs';

const client = await connect();
const cancellationId = process.argv[2] ?? (await cancelSomething());

for await (const { eventtype, time, data } of client.watchCancellation(cancellationId)) {
  console.log(`${time}  ${eventtype}${data.step ? `  ${data.step}` : ''}`);
}
const { word, certificate } = await client.getCancellation(cancellationId);
console.log(`${cancellationId} is ${word}, proven ${certificate.completedAfterMs} ms after it was asked for`);

async function cancelSomething() {
  const { jobId } = await client.submitJob({
    name: 'to be watched',
    tasks: [{ key: 'work', command: ['sleep', '1000'] }],
  });
  await until(client, jobId, ({ tasks }) => tasks[0].status === 'running');
  return (await client.cancelJob(jobId, { reason: 'to watch it' })).cancellationId;
}
