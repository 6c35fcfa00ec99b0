import { nanos } from '@nats-io/nats-core';
import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { jetStreamCode, jetStreamCodes } from '../connect/errors.js';
import { type FieldChange, RefusedChanges } from './refused-changes.js';

/** A durable pull consumer of a whole stream. */
export interface ConsumerSpec {
  readonly stream: string;
  readonly durable: string;
  readonly description: string;
  readonly settled: SettledOneByOne | SettledUpTo;
}

/** Each message is acknowledged by itself. */
export interface SettledOneByOne {
  readonly how: 'one-by-one';
  /** An unsettled message is delivered again after this long without a sign of work. */
  readonly ackWaitMs: number;
  /** The server stops delivering at this many unsettled messages. */
  readonly maxUnsettled: number;
}

/**
 * An acknowledgement says how far its consumer has got. Nothing depends on what the server remembers of such a consumer: it
 * is made anew when it does not fit.
 */
export interface SettledUpTo {
  readonly how: 'up-to';
}

/** Redelivery has no use where the consumer keeps its own place; the server wants a time all the same. */
const UP_TO_ACK_WAIT_MS = 3_600_000;

const specifiedFields = [
  'description',
  'ack_policy',
  'deliver_policy',
  'ack_wait',
  'max_deliver',
  'max_ack_pending',
  'filter_subject',
  'filter_subjects',
] as const satisfies readonly (keyof ConsumerConfig)[];

/** The server cannot change these, or the change would hide messages from the consumer. */
const fixedFields: ReadonlySet<string> = new Set(['ack_policy', 'deliver_policy', 'filter_subject', 'filter_subjects']);

/** @throws {RefusedChanges} when a consumer of that name exists and cannot be made to fit */
export async function provisionConsumer(manager: JetStreamManager, spec: ConsumerSpec): Promise<ConsumerInfo> {
  const wanted = consumerConfig(spec);
  const current = await manager.consumers.info(spec.stream, spec.durable).catch((error: unknown) => {
    if (jetStreamCode(error) === jetStreamCodes.consumerNotFound) return undefined;
    throw error;
  });
  if (current === undefined) return manager.consumers.add(spec.stream, wanted);
  const changes: readonly FieldChange[] = specifiedFields
    .map((field) => ({ field, from: current.config[field], to: wanted[field] }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
  const refused = changes.filter(({ field }) => fixedFields.has(field));
  if (refused.length > 0) {
    if (spec.settled.how !== 'up-to') throw new RefusedChanges(`consumer ${spec.durable} of ${spec.stream}`, refused);
    await manager.consumers.delete(spec.stream, spec.durable);
    return manager.consumers.add(spec.stream, wanted);
  }
  return changes.length === 0
    ? current
    : manager.consumers.update(spec.stream, spec.durable, { ...current.config, ...wanted });
}

function consumerConfig(spec: ConsumerSpec): Partial<ConsumerConfig> {
  return {
    durable_name: spec.durable,
    description: spec.description,
    deliver_policy: DeliverPolicy.All,
    ...acknowledgement(spec.settled),
    // Counting deliveries is no measure of trying: a crash of the consumer counts too. The handler's attempts are counted instead.
    max_deliver: -1,
  };
}

function acknowledgement(settled: ConsumerSpec['settled']): Partial<ConsumerConfig> {
  switch (settled.how) {
    case 'one-by-one':
      return {
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(settled.ackWaitMs),
        max_ack_pending: settled.maxUnsettled,
      };
    case 'up-to':
      return { ack_policy: AckPolicy.All, ack_wait: nanos(UP_TO_ACK_WAIT_MS), max_ack_pending: -1 };
    default:
      return settled satisfies never;
  }
}
