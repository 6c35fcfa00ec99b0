import type { Finding } from './inventories.js';

/**
 * Nothing is touched for what a single look has found: a start or an end under way shows as a gap for a moment. The second
 * look must rest on another heartbeat, or it has only seen the same thing twice.
 */
export class TwoLooks<Found extends Finding> {
  private before: ReadonlyMap<string, number> = new Map();

  /** @param nameOf what it is that was found on its runner */
  constructor(private readonly nameOf: (found: Found) => string) {}

  /** @returns what this look and the one before have both found */
  confirm(found: readonly Found[]): readonly Found[] {
    const { before } = this;
    // Seen again it keeps the heartbeat of its first look.
    this.before = new Map(found.map((each) => [this.keyOf(each), before.get(this.keyOf(each)) ?? each.heardAtMs]));
    return found.filter((each) => each.heardAtMs > (before.get(this.keyOf(each)) ?? Infinity));
  }

  private keyOf(found: Found): string {
    return `${found.runnerId}/${this.nameOf(found)}`;
  }
}
