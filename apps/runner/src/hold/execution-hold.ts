import type { CancellationId } from '@necrocode/domain';

/**
 * Which cancellations hold one execution: it stands still for as long as one of them does. One that has let go is
 * remembered, so its request that comes late does not freeze anything for good.
 */
export class ExecutionHold {
  private readonly holders = new Set<CancellationId>();
  private readonly letGo = new Set<CancellationId>();

  get isHeld(): boolean {
    return this.holders.size > 0;
  }

  get holderIds(): readonly CancellationId[] {
    return [...this.holders];
  }

  /** False: it has let go before. */
  take(cancellationId: CancellationId): boolean {
    if (this.letGo.has(cancellationId)) return false;
    this.holders.add(cancellationId);
    return true;
  }

  release(cancellationId: CancellationId): void {
    this.letGo.add(cancellationId);
    this.holders.delete(cancellationId);
  }
}
