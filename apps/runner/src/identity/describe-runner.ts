import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ExecutionId, RunnerDescription, RunnerId, SlotId } from '@necrocode/domain';
import type { Containment } from '@necrocode/process-tree';
import type { HandlerModule } from '../functions/handler-module.js';
import type { RunnerConfig } from '../runner.config.js';

/** What this runner says of itself. */
export function describeRunner(
  runnerId: RunnerId,
  config: RunnerConfig,
  containment: Containment,
  handlers: HandlerModule | null,
  unproven: readonly ExecutionId[],
) {
  return {
    runnerId,
    host: hostname(),
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    capacity: config.RUNNER_CAPACITY,
    containment: containment.means,
    labels: {},
    slots: config.RUNNER_SLOTS.flatMap(({ pool, kind, size }) =>
      Array.from({ length: size }, (_, index) => ({
        pool,
        kind,
        runnerId,
        // The form of a slot id, by construction.
        slotId: `${runnerId}/${pool}/${index + 1}` as SlotId,
      })),
    ),
    handlers: [...(handlers?.names ?? [])],
    unproven: [...unproven],
    version: '0.1.0',
  } satisfies RunnerDescription;
}
