import { randomUUID } from 'node:crypto';
import PgBoss from 'pg-boss';

/** pg-boss' own bulk cancel of as many jobs as wait in a queue. @returns ms until it says they are cancelled */
export async function cancelWithPgBoss(connectionString: string, jobs: number): Promise<number> {
  const boss = new PgBoss({ connectionString, schedule: false, supervise: false });
  boss.on('error', () => undefined);
  await boss.start();
  try {
    const queue = `bench-${randomUUID()}`;
    await boss.createQueue(queue);
    const ids = Array.from({ length: jobs }, () => randomUUID());
    await boss.insert(ids.map((id) => ({ id, name: queue })));
    const before = performance.now();
    await boss.cancel(queue, ids);
    const took = performance.now() - before;
    const first = await boss.getJobById(queue, ids[0] ?? '');
    if (first?.state !== 'cancelled') throw new Error(`pg-boss says ${first?.state}`);
    return took;
  } finally {
    await boss.stop({ graceful: false });
  }
}
