import { OpenCancellations1 } from './1-open-cancellations.js';
import { BulkCancellations2 } from './2-bulk-cancellations.js';

/** Oldest first. */
export const migrations = [OpenCancellations1, BulkCancellations2] as const;
