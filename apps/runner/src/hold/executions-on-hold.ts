import type { CancellationId, ExecutionId } from '@necrocode/domain';
import { ExecutionHold } from './execution-hold.js';

/** The holds of this runner, also of executions that are still to start here. */
export class ExecutionsOnHold {
  private readonly holds = new Map<ExecutionId, ExecutionHold>();

  of(executionId: ExecutionId): ExecutionHold {
    const known = this.holds.get(executionId);
    if (known) return known;
    const hold = new ExecutionHold();
    this.holds.set(executionId, hold);
    return hold;
  }

  release(executionId: ExecutionId, cancellationId: CancellationId): void {
    this.of(executionId).release(cancellationId);
  }

  /** The execution has ended, or never will start. */
  forget(executionId: ExecutionId): void {
    this.holds.delete(executionId);
  }
}
