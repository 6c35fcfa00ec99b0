import type { Metrics } from '../define/metrics.js';

export interface QueueNow {
  /** Tasks that could be assigned if there were room. */
  readonly depth: number;
  /** Since the oldest of them was submitted, seconds; 0 when none waits. */
  readonly oldestSeconds: number;
  readonly running: number;
  readonly freeSlots: number;
  readonly leasedSlots: number;
  readonly soiledSlots: number;
}

/** Over all queues: their names are the users' own, so they can be no label. */
export function measureQueue(metrics: Metrics, look: () => Promise<QueueNow>): void {
  const depth = metrics.gauge({
    name: 'necrocode_queue_depth_tasks',
    help: 'Tasks that could be assigned now if there were room, over all queues',
  });
  const age = metrics.gauge({
    name: 'necrocode_queue_oldest_task_age_seconds',
    help: 'Since the oldest of them was submitted; 0 when none waits',
  });
  const running = metrics.gauge({ name: 'necrocode_executions_assigned', help: 'Executions assigned and not ended' });
  const slots = metrics.gauge({
    name: 'necrocode_slots',
    help: 'Slots by status, over all pools',
    labels: { status: ['free', 'leased', 'soiled'] },
  });
  metrics.measure([depth, age, running, slots], async () => {
    const now = await look();
    depth.set({}, now.depth);
    age.set({}, now.oldestSeconds);
    running.set({}, now.running);
    slots.set({ status: 'free' }, now.freeSlots);
    slots.set({ status: 'leased' }, now.leasedSlots);
    slots.set({ status: 'soiled' }, now.soiledSlots);
  });
}
