import type { RunnerResource } from '@necrocode/contracts';
import type { RunnerState } from '@necrocode/domain';
import { runnerActions } from '../show-job/actions.js';

export function presentRunner(
  state: Exclude<RunnerState, { status: 'unknown' }>,
  registeredAt: string,
): RunnerResource {
  const { runner, status, unproven, orphans = [], since } = state;
  const { runnerId, host, capacity, containment, labels, version, slots, handlers = [] } = runner;
  return {
    runnerId,
    host,
    status,
    unproven: [...unproven],
    orphans: [...orphans],
    since,
    registeredAt,
    capacity,
    containment,
    labels: { ...labels },
    version,
    slots: slots.map(({ pool, slotId, kind }) => ({ pool, slotId, kind })),
    handlers: [...handlers],
    actions: runnerActions(state),
  };
}
