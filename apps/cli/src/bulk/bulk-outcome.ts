import type { BulkResource } from '@necrocode/contracts';
import { EXIT } from '../exit-codes.js';

/** The exit code a bulk cancellation stands for. */
export function exitCodeOfBulk({ status, stalled }: BulkResource): number {
  switch (status) {
    case 'completed':
      return EXIT.ok;
    case 'partial':
    case 'aborted':
      return EXIT.partial;
    case 'unconfirmed':
      return EXIT.unproven;
    case 'in-progress':
      return stalled ? EXIT.unproven : EXIT.waitRanOut;
    default:
      return status satisfies never;
  }
}
