import type { Metrics } from '../define/metrics.js';

export interface AgentNow {
  readonly executions: number;
  readonly isLeaseHeld: boolean;
}

export function measureAgent(metrics: Metrics, look: () => AgentNow): void {
  const executions = metrics.gauge({ name: 'necrocode_runner_executions', help: 'Executions on this runner now' });
  const lease = metrics.gauge({
    name: 'necrocode_runner_lease_held',
    help: 'Whether the runner is in contact with the runner-monitor',
  });
  metrics.measure([executions, lease], () => {
    const now = look();
    executions.set({}, now.executions);
    lease.set({}, now.isLeaseHeld ? 1 : 0);
  });
}
