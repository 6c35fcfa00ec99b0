import type { ExecutionId } from '@necrocode/domain';
import type { TreeSight } from '../../reality/containment.js';
import type { Process } from '../../reality/process.js';
import type { ExecutionFile } from './execution-file.js';

/** Who is alive of executions that the agent has not in hand; at two looks in a row, they are orphans: `apps/runner/src/sweep-orphans`. */
export class OrphanStrikes {
  #before: ReadonlySet<string> = new Set();

  constructor(
    private readonly sight: TreeSight,
    private readonly files: ReadonlyMap<ExecutionId, ExecutionFile>,
  ) {}

  /** Whether another look would find or forget anybody. */
  isWorthALook(isInHand: (executionId: ExecutionId) => boolean): boolean {
    return this.#before.size > 0 || this.#alive(isInHand).length > 0;
  }

  /** @returns the executions whose orphans this look has found as the one before had */
  look(isInHand: (executionId: ExecutionId) => boolean): readonly ExecutionFile[] {
    const found = this.#alive(isInHand);
    const before = this.#before;
    this.#before = new Set(found.map(({ process }) => keyOf(process)));
    return [...new Set(found.flatMap(({ file, process }) => (before.has(keyOf(process)) ? [file] : [])))];
  }

  #alive(isInHand: (executionId: ExecutionId) => boolean) {
    return [...this.files.values()].flatMap((file) => {
      const { executionId } = file.execution;
      if (isInHand(executionId)) return [];
      return this.sight.members(executionId, file.tree?.seen ?? []).map((process) => ({ file, process }));
    });
  }
}

const keyOf = ({ pid, startedAt }: Process): string => `${pid}/${startedAt}`;
