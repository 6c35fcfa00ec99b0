/** The aggregates, and the one service that may append to each. */
export const owners = {
  job: 'dispatcher',
  'slot-pool': 'dispatcher',
  queue: 'dispatcher',
  execution: 'runner-monitor',
  runner: 'runner-monitor',
  cancellation: 'cancellation-service',
  cleanup: 'artifact-cleaner',
} as const;

export type AggregateName = keyof typeof owners;

export const aggregateNames = Object.keys(owners).filter(isAggregateName);

export function isAggregateName(name: string): name is AggregateName {
  return Object.hasOwn(owners, name);
}

/** `<aggregate>-<aggregate id>`. */
export function streamIdOf(aggregate: AggregateName, aggregateId: string): string {
  return `${aggregate}-${aggregateId}`;
}

/** @throws {RangeError} when the stream belongs to no known aggregate */
export function parseStreamId(streamId: string): { readonly aggregate: AggregateName; readonly aggregateId: string } {
  // No aggregate's name is the start of another's followed by a dash, so the first match is the only one.
  for (const aggregate of aggregateNames) {
    const aggregateId = streamId.slice(aggregate.length + 1);
    if (streamId.startsWith(`${aggregate}-`) && aggregateId !== '') return { aggregate, aggregateId };
  }
  throw new RangeError(
    `stream id ${JSON.stringify(streamId)} names none of the aggregates ${aggregateNames.join(', ')}`,
  );
}
