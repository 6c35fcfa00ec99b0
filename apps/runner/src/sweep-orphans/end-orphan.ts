import { type Containment, endContainment, endMarked, killRecorded } from '@necrocode/process-tree';
import type { ExecutionFiles } from '../execution/execution-file.js';
import { MARKER } from '../execution/marks.js';
import type { OrphanedTree } from './orphaned-tree.js';

/** SIGKILL: what it belonged to is over. By its record where there is one, else by containment and mark. @returns who is left */
export async function endOrphan(
  { executionId, isContained }: OrphanedTree,
  files: Pick<ExecutionFiles, 'read'>,
  containment: Containment,
): Promise<number> {
  const record = files.read(executionId)?.tree;
  const left = record ? (await killRecorded(record)).survivors.length : 0;
  const contained = isContained ? await endContainment(containment, executionId) : undefined;
  const marked = await endMarked({ name: MARKER, value: executionId });
  return Math.max(left, contained?.survivors.length ?? 0, marked.survivors.length);
}
