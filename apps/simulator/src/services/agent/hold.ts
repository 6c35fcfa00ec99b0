import type { CancellationId } from '@necrocode/domain';

/** Which cancellations hold one execution; one that has let go does not take hold again. */
export class Hold {
  readonly #holders = new Set<CancellationId>();
  readonly #letGo = new Set<CancellationId>();

  get isHeld(): boolean {
    return this.#holders.size > 0;
  }

  take(cancellationId: CancellationId): boolean {
    if (this.#letGo.has(cancellationId)) return false;
    this.#holders.add(cancellationId);
    return true;
  }

  release(cancellationId: CancellationId): void {
    this.#letGo.add(cancellationId);
    this.#holders.delete(cancellationId);
  }
}
