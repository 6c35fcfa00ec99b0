/** What a stream must be. Times in milliseconds, sizes in bytes; an absent bound is no bound. */
export interface StreamSpec {
  readonly name: string;
  readonly description: string;
  readonly subjects: readonly string[];
  readonly storage: 'file' | 'memory';
  /** `workqueue` drops a message once it is acknowledged. */
  readonly retention: 'limits' | 'workqueue';
  /** At a bound: drop the oldest message, or refuse the new one. */
  readonly whenFull: 'discard-old' | 'refuse-new';
  readonly maxBytes?: number;
  readonly maxAgeMs?: number;
  readonly maxMessagesPerSubject?: number;
  /** A second message with the same id within this time is not stored. */
  readonly duplicateWindowMs: number;
  /** Single messages can neither be deleted nor purged; the whole stream still can. */
  readonly appendOnly: boolean;
  /** Copies in a cluster. */
  readonly replicas: number;
}
