import type { CancellationResource } from '@necrocode/contracts';
import { EXIT } from '../exit-codes.js';

/** The exit code a cancellation's state stands for. */
export function exitCodeOf({ status, stalled }: Pick<CancellationResource, 'status' | 'stalled'>): number {
  switch (status) {
    case 'completed':
      return EXIT.ok;
    case 'partial':
      return EXIT.partial;
    case 'undone': // Nothing was ended: who waits for a cancel has not got it.
      return EXIT.error;
    case 'unconfirmed':
      return EXIT.unproven;
    case 'requested':
    case 'in-progress':
      return stalled ? EXIT.unproven : EXIT.waitRanOut;
    default:
      return status satisfies never;
  }
}
