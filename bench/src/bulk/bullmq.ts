import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';

const PER_CALL = 1_000;

/** BullMQ's removal of everything that waits in a queue: the jobs are gone, and nothing says that they were. @returns ms */
export async function removeWithBullMq(port: number, jobs: number): Promise<number> {
  const queue = new Queue(`bench-${randomUUID()}`, { connection: { host: '127.0.0.1', port } });
  try {
    for (let left = jobs; left > 0; left -= PER_CALL) {
      await queue.addBulk(Array.from({ length: Math.min(left, PER_CALL) }, () => ({ name: 'bench', data: {} })));
    }
    const before = performance.now();
    await queue.drain();
    const took = performance.now() - before;
    const waiting = await queue.getWaitingCount();
    if (waiting !== 0) throw new Error(`BullMQ left ${waiting} jobs`);
    return took;
  } finally {
    await queue.close();
  }
}
