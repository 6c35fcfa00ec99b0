import type { CancellationWord } from '@necrocode/contracts';
import type { CancellationStatus } from '@necrocode/domain';

/** The word that may be used. `cancelled` needs the certificate of a completed cancellation; no other outcome earns it. */
export function wordOf(status: CancellationStatus, signalled: boolean, forced: boolean): CancellationWord {
  if (status === 'completed') return 'cancelled';
  if (status === 'undone') return 'undone';
  if (forced) return 'forced';
  return signalled ? 'stopping' : 'requested';
}
