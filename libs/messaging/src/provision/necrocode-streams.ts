import { streamNames, streamSubjects } from '@necrocode/contracts';
import type { StreamSpec } from './stream-spec.js';

/** What differs between one machine and a cluster. */
export interface Topology {
  /** Copies of every stream. Default 1; 3 in a cluster. */
  readonly replicas?: number;
  /** Bounds in bytes. The server reserves them when it creates a stream, so the sum must fit its JetStream limit. */
  readonly maxBytes?: Partial<Record<'events' | 'reports' | 'output' | 'deadLetters', number>>;
  /** How long output is kept. Default 24 h. */
  readonly outputMaxAgeMs?: number;
}

const mebibyte = 1024 * 1024;
const hour = 3_600_000;
const twoMinutes = 120_000;

export function necrocodeStreams(topology: Topology = {}): readonly StreamSpec[] {
  const { replicas = 1, maxBytes = {}, outputMaxAgeMs = 24 * hour } = topology;
  return [
    {
      name: streamNames.events,
      description: 'Committed events in store order; a disposable copy of the event store',
      subjects: [streamSubjects.events],
      storage: 'file',
      retention: 'limits',
      // Bounded by size only: an age would empty the stream of an idle system, and its newest message tells the relay where to resume.
      whenFull: 'discard-old',
      maxBytes: maxBytes.events ?? 512 * mebibyte,
      duplicateWindowMs: twoMinutes,
      appendOnly: true,
      replicas,
    },
    {
      name: streamNames.reports,
      description: 'What runners saw, until runner-monitor has recorded it',
      subjects: [streamSubjects.reports],
      storage: 'file',
      retention: 'workqueue',
      // A report is a fact nobody else has: a full stream makes runners wait and keep it.
      whenFull: 'refuse-new',
      maxBytes: maxBytes.reports ?? 64 * mebibyte,
      duplicateWindowMs: twoMinutes,
      appendOnly: false,
      replicas,
    },
    {
      name: streamNames.output,
      description: 'Output of executions',
      subjects: [streamSubjects.output],
      storage: 'file',
      retention: 'limits',
      whenFull: 'discard-old',
      maxBytes: maxBytes.output ?? 256 * mebibyte,
      maxAgeMs: outputMaxAgeMs,
      // So that one talkative execution cannot push out everybody else's.
      maxMessagesPerSubject: 20_000,
      duplicateWindowMs: twoMinutes,
      appendOnly: false,
      replicas,
    },
    {
      name: streamNames.deadLetters,
      description: 'Messages a consumer gave up on, with the error code',
      subjects: [streamSubjects.deadLetters],
      storage: 'file',
      retention: 'limits',
      whenFull: 'discard-old',
      maxBytes: maxBytes.deadLetters ?? 64 * mebibyte,
      duplicateWindowMs: twoMinutes,
      appendOnly: false,
      replicas,
    },
    {
      name: streamNames.leases,
      description:
        'Which replica runs a purpose; lost on restart on purpose, for then every holder has lost its connection too',
      subjects: [streamSubjects.leases],
      storage: 'memory',
      retention: 'limits',
      whenFull: 'discard-old',
      maxBytes: mebibyte,
      maxMessagesPerSubject: 1,
      duplicateWindowMs: twoMinutes,
      appendOnly: false,
      replicas,
    },
  ];
}
