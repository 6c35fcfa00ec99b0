import type { ExecutionId } from '@necrocode/domain';
import type { ProcessIdentity } from '@necrocode/process-tree';

/** What is on the host of an execution that nobody has in hand. */
export interface OrphanedTree {
  readonly executionId: ExecutionId;
  readonly processes: readonly ProcessIdentity[];
  /** The kernel holds a containment of its name. */
  readonly isContained: boolean;
}

export interface HostLook {
  /** Of this agent's own, by what they carry. */
  readonly processes: readonly (ProcessIdentity & { readonly executionId: ExecutionId })[];
  /** Of this agent's own group. */
  readonly containments: readonly Pick<OrphanedTree, 'executionId' | 'processes'>[];
  /** In hand: running here, or being ended. */
  readonly owned: ReadonlySet<string>;
}

/** Whom nobody owns, by execution. */
export function orphanedTrees({ processes, containments, owned }: HostLook): readonly OrphanedTree[] {
  const found = new Map<ExecutionId, { processes: Map<string, ProcessIdentity>; isContained: boolean }>();
  const of = (executionId: ExecutionId) => {
    const tree = found.get(executionId) ?? { processes: new Map<string, ProcessIdentity>(), isContained: false };
    if (!owned.has(executionId)) found.set(executionId, tree);
    return tree;
  };
  for (const { executionId, ...identity } of processes) of(executionId).processes.set(keyOf(identity), identity);
  for (const { executionId, processes: inside } of containments) {
    const tree = of(executionId);
    tree.isContained = true;
    for (const identity of inside) tree.processes.set(keyOf(identity), identity);
  }
  return [...found].map(([executionId, tree]) => ({ ...tree, executionId, processes: [...tree.processes.values()] }));
}

/** One process for ever: a pid that was given away again is somebody else. */
export const keyOf = ({ bootId, pid, startTime }: ProcessIdentity): string => `${bootId}:${pid}:${startTime}`;
