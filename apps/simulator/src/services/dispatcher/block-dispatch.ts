import {
  type CancellationId,
  type Cascade,
  type JobFacts,
  type JobId,
  knownJob,
  type SparedTask,
  type TaskId,
} from '@necrocode/domain';
import type { DispatcherParts } from './dispatcher-parts.js';

export interface BlockOrder {
  readonly cancellationId: CancellationId;
  readonly jobId: JobId;
  readonly taskId: TaskId | null;
  readonly cascade: Cascade;
}

export interface Parked {
  readonly facts: JobFacts;
  readonly taskIds: readonly TaskId[];
}

export interface Blocked extends Parked {
  readonly spared: readonly SparedTask[];
}

export async function blockDispatch({ life, streams }: DispatcherParts, order: BlockOrder): Promise<Blocked> {
  const { jobId, cancellationId, taskId, cascade } = order;
  const command = { type: 'BlockDispatch' as const, cancellationId, taskId, cascade, at: life.now() };
  const { state } = await streams.handle(jobId, command, `block-dispatch/${cancellationId}`);
  const mine = knownJob(state).cancellations.find((blocked) => blocked.cancellationId === cancellationId);
  return { facts: await streams.describe(state), taskIds: mine?.taskIds ?? [], spared: mine?.spared ?? [] };
}

export async function parkTasks({ life, streams }: DispatcherParts, order: BlockOrder): Promise<Parked> {
  const { jobId, cancellationId, taskId, cascade } = order;
  const command = { type: 'ParkTasks' as const, cancellationId, taskId, cascade, at: life.now() };
  const { state } = await streams.handle(jobId, command, `park-tasks/${cancellationId}`);
  const mine = knownJob(state).parked.find((each) => each.cancellationId === cancellationId);
  return { facts: await streams.describe(state), taskIds: mine?.taskIds ?? [] };
}

export async function unparkTasks(
  { life, streams, wake }: DispatcherParts,
  jobId: JobId,
  cancellationId: CancellationId,
): Promise<void> {
  const command = { type: 'UnparkTasks' as const, cancellationId, at: life.now() };
  await streams.handle(jobId, command, `unpark-tasks/${cancellationId}`);
  wake();
}
