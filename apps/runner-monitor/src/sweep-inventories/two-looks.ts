import type { ExecutionId } from '@necrocode/domain';
import type { Gap } from './inventories.js';

/**
 * Nothing is touched for what a single look has found: a start or an end under way shows as a gap for a moment. The second
 * look must rest on another heartbeat, or it has only seen the same thing twice.
 */
export class TwoLooks {
  private before: ReadonlyMap<ExecutionId, Gap> = new Map();

  /** @returns what this look and the one before have both found */
  confirm<Found extends Gap>(found: readonly Found[]): readonly Found[] {
    const { before } = this;
    // Seen again by the same heartbeat it keeps the place of its first look.
    this.before = new Map(found.map((gap) => [gap.executionId, sameHeartbeat(before.get(gap.executionId), gap)]));
    return found.filter((gap) => {
      const first = before.get(gap.executionId);
      return first?.runnerId === gap.runnerId && gap.heardAtMs > first.heardAtMs;
    });
  }
}

const sameHeartbeat = (first: Gap | undefined, now: Gap): Gap => (first?.runnerId === now.runnerId ? first : now);
