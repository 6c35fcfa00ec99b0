import type { NecrocodeClient } from '@necrocode/client';
import { eventually } from '@necrocode/testing';

/**
 * Takes every step: a slot to release, an artifact and a workspace to clean, a task that waits to be dequeued, a child in a
 * session of its own; and it needs a moment to end, so that its signal is told before its end.
 */
const SCRIPT = `
trap 'sleep 0.1; exit 143' TERM
echo made >made
setsid sleep 1000 &
while :; do sleep 1000 & wait $!; done`;

export interface RunningJob {
  readonly jobId: string;
  readonly executionId: string;
}

/** Resolves when it runs, every process of it. */
export async function startVictimJob(client: NecrocodeClient): Promise<RunningJob> {
  const { jobId } = await client.submitJob({
    name: 'crash-matrix',
    tasks: [
      {
        key: 'work',
        command: ['sh', '-c', SCRIPT],
        artifacts: ['made'],
        slot: { pool: 'repos' },
        gracePeriodMs: 10_000,
      },
      { key: 'behind', dependsOn: ['work'], command: ['true'] },
    ],
  });
  return eventually(
    async () => {
      const { tasks } = await client.getJob(jobId);
      const execution = tasks[0]?.executions.at(-1);
      if (tasks[0]?.status !== 'running' || !execution) throw new Error(`${jobId} does not run`);
      return { jobId, executionId: execution.executionId };
    },
    { withinMs: 60_000, everyMs: 20 },
  );
}
