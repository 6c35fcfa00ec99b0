import type { ProcessorStatus } from '@necrocode/contracts';

/** A paused queue is one whose processor is stopped: what is in progress goes on. */
export function presentProcessor(
  isPaused: boolean,
  { in_progress }: { readonly in_progress: number },
): ProcessorStatus {
  return { is_started: !isPaused, is_processing: in_progress > 0 };
}
