import { ACTOR } from '../cause.js';
import type { ExecutionStreams } from '../executions/execution-streams.js';
import type { ExecutionsInFlight } from '../in-flight/executions-in-flight.js';
import type { Sweep } from '../lose-runner/sweeper.js';
import type { RunnerControl } from '../runner-control/runner-control.js';
import { askInHand } from './in-hand.js';
import type { Inventories, MissingExecution } from './inventories.js';
import type { RecordOrphans } from './record-orphans.js';
import { TwoLooks } from './two-looks.js';

/**
 * What the store says is running and its runner knows nothing of: nobody will ever report its end. It is fenced, as what a
 * lost runner had is; should the runner have a record of its end after all, being asked to end it brings that.
 */
export class SettleMissing implements Sweep {
  private readonly looks = new TwoLooks<MissingExecution>(({ executionId }) => executionId);

  /** @param reportsPending reports that are stored and not taken in: one of them may be its end */
  constructor(
    private readonly inventories: Inventories,
    private readonly control: RunnerControl,
    private readonly executions: ExecutionStreams,
    private readonly inFlight: ExecutionsInFlight,
    private readonly orphans: RecordOrphans,
    private readonly reportsPending: () => Promise<number>,
  ) {}

  async sweep(): Promise<void> {
    const missing = this.looks.confirm(await this.inventories.findMissing());
    await Promise.all(missing.map((found) => this.settle(found)));
  }

  private async settle({ runnerId, executionId, execution }: MissingExecution): Promise<void> {
    if ((await askInHand(this.control, runnerId, executionId)) !== null) return;
    if ((await this.reportsPending()) > 0) return;
    const before = (await this.executions.load([executionId])).get(executionId)?.state.status;
    if (before !== 'running' && before !== 'terminating') return;
    const orphan = { kind: 'record', executionId } as const;
    await this.orphans.found(runnerId, orphan, 0);
    const fence = { type: 'FenceExecution' as const, execution, at: new Date().toISOString() };
    const { status } = await this.executions.handle(fence, { actor: ACTOR });
    if (status === 'fenced') await this.inFlight.mark(executionId, 'fenced');
    await this.orphans.ended(runnerId, orphan);
  }
}
