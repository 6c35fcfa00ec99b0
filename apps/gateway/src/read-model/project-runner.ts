import { runnerDecider, type RunnerEvent } from '@necrocode/domain';
import type { RunnerRow } from './rows.js';

export function projectRunner(row: RunnerRow | undefined, event: RunnerEvent): RunnerRow | undefined {
  const state = runnerDecider.evolve(row?.state ?? runnerDecider.initial, event);
  if (state.status === 'unknown') return undefined;
  const registered_at = event.type === 'RunnerRegistered' ? event.at : (row?.registered_at ?? event.at);
  return { runner_id: state.runner.runnerId, registered_at, state };
}
