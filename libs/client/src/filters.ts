import type { BulkTargetPage, DeliveryResource, JobResource, ListCancellationsQuery } from '@necrocode/contracts';

/** What `listJobs` lists; everything that is given must fit. */
export interface JobFilter {
  readonly queue?: string;
  readonly state?: JobResource['status'] | readonly JobResource['status'][];
  /** `key=value`; a job must have all of them. */
  readonly label?: string | readonly string[];
  readonly owner?: string;
  readonly batchId?: string;
  /** At most 200; default 50. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** What `listCancellations` lists; everything that is given must fit, times are RFC 3339. */
export type CancellationFilter = Omit<ListCancellationsQuery, 'jobId' | 'bulkId' | 'limit' | 'offset'> & {
  readonly jobId?: string;
  /** Those that this bulk opened. */
  readonly bulkId?: string;
  /** At most 200; default 50. */
  readonly limit?: number;
  /** At most 10,000; `cursor` goes further. */
  readonly offset?: number;
};

/** What `bulkTargets` lists. */
export interface BulkTargetFilter {
  readonly outcome?: BulkTargetPage['items'][number]['outcome'];
  /** At most 1,000; default 100. */
  readonly limit?: number;
  readonly offset?: number;
}

/** What `webhooks.deliveries` lists. */
export interface DeliveryFilter {
  readonly status?: DeliveryResource['status'];
  /** At most 200; default 50. */
  readonly limit?: number;
  readonly cursor?: string;
}
