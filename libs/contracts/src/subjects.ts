/**
 * Every NATS subject and stream name, in one place. A value that becomes one token of a subject goes through `subjectToken`, so an id
 * with a dot, a blank or a wildcard can neither break a subject nor widen a subscription.
 */
const root = 'necrocode';

/** Percent-encodes what NATS gives a meaning (`.`, `*`, `>`, blanks) and all else outside `A-Z a-z 0-9 _ -`. */
export function subjectToken(value: string): string {
  if (value === '') throw new RangeError('a subject token cannot be empty');
  return encodeURIComponent(value).replace(/[.!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

export type RunnerControl = 'start' | 'stop' | 'freeze' | 'thaw' | 'clean' | 'inspect' | 'heartbeat';

export const subjects = {
  /** Events of an aggregate, for example `necrocode.events.cancellation.can_01JC….completed`. */
  event: (aggregate: string, aggregateId: string, event: string) =>
    `${root}.events.${subjectToken(aggregate)}.${subjectToken(aggregateId)}.${subjectToken(event)}`,
  /** What a runner saw happen to an execution. */
  report: (runnerId: string, executionId: string, kind: string) =>
    `${root}.reports.${subjectToken(runnerId)}.${subjectToken(executionId)}.${subjectToken(kind)}`,
  /** What an execution wrote to stdout and stderr. */
  output: (runnerId: string, executionId: string) =>
    `${root}.output.${subjectToken(runnerId)}.${subjectToken(executionId)}`,
  /** Output of one execution, whichever runner it is on. */
  outputOf: (executionId: string) => `${root}.output.*.${subjectToken(executionId)}`,
  /** Requests to one runner. */
  runner: (runnerId: string, control: RunnerControl) => `${root}.runners.${subjectToken(runnerId)}.${control}`,
  /** One kind of message of all runners: heartbeats, for the runner monitor. */
  allRunners: (control: RunnerControl) => `${root}.runners.*.${control}`,
  /** Commands and queries of a service: `necrocode.dispatcher.submit-job`. */
  command: (service: string, verbNoun: string) => `${root}.${subjectToken(service)}.${subjectToken(verbNoun)}`,
  /** Tells the relay that events were committed. Cheap and lossy: the relay polls as well. */
  relayNudge: `${root}.relay.nudge`,
  /** Messages a consumer gave up on. */
  deadLetter: (durable: string) => `${root}.dead-letters.${subjectToken(durable)}`,
  /** Who may run a purpose that only one replica may run at a time. */
  lease: (purpose: string) => `${root}.leases.${subjectToken(purpose)}`,
  /** Answered for as long as the holder of a lease is connected. */
  leaseHolder: (holderId: string) => `${root}.lease-holders.${subjectToken(holderId)}`,
} as const;

/** What each stream captures. */
export const streamSubjects = {
  events: `${root}.events.>`,
  reports: `${root}.reports.>`,
  output: `${root}.output.>`,
  deadLetters: `${root}.dead-letters.>`,
  leases: `${root}.leases.>`,
} as const;

export const streamNames = {
  events: 'NECROCODE_EVENTS',
  reports: 'NECROCODE_REPORTS',
  output: 'NECROCODE_OUTPUT',
  deadLetters: 'NECROCODE_DEAD_LETTERS',
  leases: 'NECROCODE_LEASES',
} as const;

export interface ReportAddress {
  readonly runnerId: string;
  readonly executionId: string;
  readonly kind: string;
}

/** What an event's subject says of it, or undefined when it is none. */
export function parseEventSubject(subject: string): { readonly aggregate: string; readonly event: string } | undefined {
  const [house, events, aggregate, id, event, ...rest] = subject.split('.');
  if (house !== root || events !== 'events' || rest.length > 0 || !aggregate || !id || !event) return undefined;
  return { aggregate, event };
}

/** The parts of a report's subject, or undefined when it is none. */
export function parseReportSubject(subject: string): ReportAddress | undefined {
  const [house, reports, runnerId, executionId, kind, ...rest] = subject.split('.');
  if (house !== root || reports !== 'reports' || rest.length > 0 || !runnerId || !executionId || !kind)
    return undefined;
  return {
    runnerId: decodeURIComponent(runnerId),
    executionId: decodeURIComponent(executionId),
    kind: decodeURIComponent(kind),
  };
}
