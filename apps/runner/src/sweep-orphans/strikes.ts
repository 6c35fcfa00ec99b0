import { keyOf, type OrphanedTree } from './orphaned-tree.js';

/**
 * Nobody is touched who was not there, and orphaned, at the look before as well: whatever is being started, ended or handed
 * over at the moment of a look has been by the next one.
 */
export class Strikes {
  private before: ReadonlySet<string> = new Set();

  /** @returns of what this look found, what the one before had found too: the same containment, the same processes */
  confirm(found: readonly OrphanedTree[]): readonly OrphanedTree[] {
    const { before } = this;
    this.before = new Set(found.flatMap((tree) => [...tree.processes.map(keyOf), ...containmentKey(tree)]));
    return found.flatMap((tree) => {
      // Whoever has come since is in there with the others.
      if (containmentKey(tree).some((key) => before.has(key))) return [tree];
      const processes = tree.processes.filter((process) => before.has(keyOf(process)));
      return processes.length > 0 ? [{ ...tree, processes }] : [];
    });
  }
}

const containmentKey = ({ executionId, isContained }: OrphanedTree): string[] => (isContained ? [executionId] : []);
