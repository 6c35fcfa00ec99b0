import { OpenCancellations1 } from './1-open-cancellations.js';
import { BulkCancellations2 } from './2-bulk-cancellations.js';
import { OpenStanding3 } from './3-open-standing.js';

/** Oldest first. */
export const migrations = [OpenCancellations1, BulkCancellations2, OpenStanding3] as const;
