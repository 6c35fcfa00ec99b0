// Cancels three hundred jobs at once: most of them still wait, some have begun. One resource, one outcome for each of them.
import { connect, until } from './connect.mjs';

const client = await connect();

const job = { name: 'one of many', tasks: [{ key: 'work', command: ['sleep', '1000'] }] };
const { batchId, jobIds } = await client.submitBatch({ jobs: Array.from({ length: 300 }, () => job) });
await until(client, jobIds[0], ({ status }) => status === 'running');

const target = { kind: 'batch', batchId };
const { message } = await client.cancelMany({ target, dryRun: true });
console.log(`${batchId}: ${message}`);

const { cancellation } = await client.cancelMany(
  { target, reason: 'wrong parameters', expectedCount: 300 },
  { waitMs: 60_000 },
);
const { status, targets, certificate } = cancellation;
console.log(`${cancellation.cancellationId}: ${status}`);
console.log(`${targets.cancelled} of ${targets.planned} jobs cancelled, ${targets.neverStarted} of them never started`);
console.log(`${certificate.executions.ended} executions ended, ${certificate.executions.forced} of them by force`);

const { items } = await client.bulkTargets(cancellation.cancellationId, { limit: 1_000 });
const begun = items.find(({ neverStarted }) => !neverStarted);
console.log(`${begun.jobId}: ${begun.outcome}, proven by a certificate of its own, ${begun.cancellationId}`);
