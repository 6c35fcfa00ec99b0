import type { ExecutionId, RunnerId } from '@necrocode/domain';
import { executionId } from '@necrocode/contracts';
import {
  type Containment,
  findMarked,
  listContainments,
  resourceTagOf,
  type StrangeProcess,
} from '@necrocode/process-tree';
import type { ExecutionFiles } from '../execution/execution-file.js';
import { MARKER, OWNER } from '../execution/marks.js';
import type { HostLook } from './orphaned-tree.js';

/**
 * The process table and the kernel's containments, seen for this agent alone. Ours is who names this runner in its
 * environment, or an execution that has a file in this home; whoever names neither may be another agent's on the same host,
 * and is not looked at any further.
 */
export function lookAtHost(
  runnerId: RunnerId,
  containment: Containment,
  files: Pick<ExecutionFiles, 'ids'>,
  owned: ReadonlySet<string>,
): HostLook {
  const attribute = attributionOf(runnerId, files, owned);
  const processes = findMarked(MARKER, OWNER).flatMap((found) => {
    const { bootId, pid, startTime, cgroup } = found;
    const id = attribute(found);
    return id === undefined ? [] : [{ bootId, pid, startTime, cgroup, executionId: id }];
  });
  // Of other names are the probes of an agent that comes up.
  const containments = listContainments(containment).flatMap(({ name, processes: inside }) => {
    const id = idIn(name);
    return id === undefined ? [] : [{ executionId: id, processes: inside }];
  });
  return { processes, containments, owned };
}

/** Whose a process is; undefined: none of ours. Files are read only for who is not in hand, which is nobody as a rule. */
function attributionOf(runnerId: RunnerId, files: Pick<ExecutionFiles, 'ids'>, owned: ReadonlySet<string>) {
  const tagged = (ids: Iterable<string>) =>
    new Map([...ids].map((value) => [resourceTagOf({ name: MARKER, value }), value]));
  const inHand = tagged(owned);
  let known: ReadonlyMap<string, string> | undefined;
  const recorded = (): ReadonlyMap<string, string> => (known ??= tagged(files.ids()));
  return ({ value, owner, tag }: StrangeProcess): ExecutionId | undefined => {
    if (value !== undefined && owner !== undefined) return owner === runnerId ? idIn(value) : undefined;
    if (value !== undefined)
      return owned.has(value) || [...recorded().values()].includes(value) ? idIn(value) : undefined;
    return tag === undefined ? undefined : idIn(inHand.get(tag) ?? recorded().get(tag));
  };
}

/** Anybody can write anything into an environment. */
const idIn = (value: string | undefined): ExecutionId | undefined => executionId.safeParse(value).data;
