import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { jetStreamCode, jetStreamCodes } from '../connect/errors.js';
import { diffStream } from './diff-stream.js';
import { RefusedChanges } from './refused-changes.js';
import { type SpecifiedConfig, streamConfig } from './stream-config.js';
import type { StreamSpec } from './stream-spec.js';

export type Provisioned = 'created' | 'updated' | 'unchanged';

/**
 * Makes the stream fit its specification. Harmless at any time and from any number of processes at once.
 * @throws {RefusedChanges} when that would lose messages
 */
export async function provisionStream(manager: JetStreamManager, spec: StreamSpec): Promise<Provisioned> {
  const current = await manager.streams.info(spec.name).catch((error: unknown) => {
    if (jetStreamCode(error) === jetStreamCodes.streamNotFound) return undefined;
    throw error;
  });
  if (current === undefined) return (await create(manager, spec)) ? 'created' : provisionStream(manager, spec);
  const wanted = keepingReplicas(streamConfig(spec), current.config);
  const { updates, refused } = diffStream(wanted, current.config, current.state, Date.now());
  if (refused.length > 0) throw new RefusedChanges(`stream ${spec.name}`, refused);
  if (updates.length === 0) return 'unchanged';
  await manager.streams.update(spec.name, { ...current.config, ...wanted });
  return 'updated';
}

export async function provisionStreams(
  manager: JetStreamManager,
  specs: readonly StreamSpec[],
): Promise<ReadonlyMap<string, Provisioned>> {
  const results = await Promise.all(
    specs.map(async (spec) => [spec.name, await provisionStream(manager, spec)] as const),
  );
  return new Map(results);
}

/** A process that was not told of the cluster does not take copies away. */
function keepingReplicas(wanted: SpecifiedConfig, current: StreamConfig): SpecifiedConfig {
  return { ...wanted, num_replicas: Math.max(wanted.num_replicas, current.num_replicas) };
}

/** @returns false when somebody created another version of it a moment ago */
async function create(manager: JetStreamManager, spec: StreamSpec): Promise<boolean> {
  try {
    await manager.streams.add(streamConfig(spec));
    return true;
  } catch (error) {
    if (jetStreamCode(error) === jetStreamCodes.streamNameInUse) return false;
    throw error;
  }
}
