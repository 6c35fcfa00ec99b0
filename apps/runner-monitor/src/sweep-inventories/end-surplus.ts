import { stopRunnerReply, streamIdOf } from '@necrocode/contracts';
import type { ExecutionId, ExecutionIdentity, JobEvent } from '@necrocode/domain';
import { type EventStore, toDomainEvent } from '@necrocode/event-store';
import type { ExecutionStreams } from '../executions/execution-streams.js';
import { AT_ONCE } from '../lose-runner/end-fenced.js';
import type { Sweep } from '../lose-runner/sweeper.js';
import type { RunnerControl } from '../runner-control/runner-control.js';
import { askInHand } from './in-hand.js';
import type { Gap, Inventories } from './inventories.js';
import type { RecordOrphans } from './record-orphans.js';
import { TwoLooks } from './two-looks.js';

/** What a runner has in hand and the store says is over, or never was: the runner is asked to end it. */
export class EndSurplus implements Sweep {
  private readonly looks = new TwoLooks<Gap>(({ executionId }) => executionId);
  /** Asked to end, and named by its runner when it was last looked at. */
  private readonly open = new Map<ExecutionId, Gap>();

  constructor(
    private readonly inventories: Inventories,
    private readonly control: RunnerControl,
    private readonly executions: ExecutionStreams,
    private readonly store: EventStore,
    private readonly orphans: RecordOrphans,
  ) {}

  async sweep(): Promise<void> {
    const surplus = await this.inventories.findSurplus();
    const named = new Set(surplus.map(({ executionId }) => executionId));
    const gone = [...this.open.values()].filter(({ executionId }) => !named.has(executionId));
    await Promise.all(gone.map((gap) => this.close(gap)));
    await Promise.all(this.looks.confirm(surplus).map((gap) => this.end(gap)));
  }

  private async end(gap: Gap): Promise<void> {
    const { runnerId, executionId } = gap;
    const execution = await this.overOrUnknown(gap);
    if (execution === null) return;
    this.open.set(executionId, gap);
    await this.orphans.found(runnerId, { kind: 'execution', executionId }, 0);
    await this.control.ask(runnerId, 'stop', { stops: [{ execution, stop: AT_ONCE }] }, stopRunnerReply);
  }

  /** Not named any more by a heartbeat, nor in hand when it is asked for. */
  private async close({ runnerId, executionId }: Gap): Promise<void> {
    if ((await askInHand(this.control, runnerId, executionId)) !== null) return;
    await this.orphans.ended(runnerId, { kind: 'execution', executionId });
    this.open.delete(executionId);
  }

  /** The rows may be behind the streams, which decide. @returns null: it is neither */
  private async overOrUnknown({ runnerId, executionId }: Gap): Promise<ExecutionIdentity | null> {
    const state = (await this.executions.load([executionId])).get(executionId)?.state;
    if (state?.status === 'ended') return state.execution;
    if (state && state.status !== 'unknown') return null;
    const execution = await askInHand(this.control, runnerId, executionId);
    return execution && !(await this.isAssigned(execution)) ? execution : null;
  }

  /** An assignment is stored before the runner is asked to start it. */
  private async isAssigned({ jobId, executionId }: ExecutionIdentity): Promise<boolean> {
    const stored = await this.store.readStream(streamIdOf('job', jobId));
    return stored.some((event) => {
      const happened = toDomainEvent<JobEvent>(event);
      return happened.type === 'TaskAssigned' && happened.assignment.executionId === executionId;
    });
  }
}
