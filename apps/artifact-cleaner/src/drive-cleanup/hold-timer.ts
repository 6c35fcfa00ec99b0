import type { DriveQueue } from '@necrocode/service-kit';

const HOLD_MS = 3_000;
const RENEW_MS = 1_000;

/** Most cleanups are done before their timer could fire anywhere: then it is left as it is. */
const FIRST_RENEWAL_MS = 100;

/**
 * Keeps a cleanup's timer from firing in another replica while this one waits for the runner, however long that takes. When
 * this process dies it stops renewing, and another replica takes over a moment later.
 * @param onFault told when a renewal fails: at worst the runner is asked twice, which is harmless
 * @returns lets the timer go; resolves when no renewal is under way any more
 */
export function holdTimer(drives: DriveQueue, key: string, onFault: (error: unknown) => void): () => Promise<void> {
  let renewal = Promise.resolve();
  const renew = (): void => {
    renewal = renewal.then(() => drives.run(drives.schedule(key, HOLD_MS))).catch(onFault);
  };
  let timer = setTimeout(() => {
    renew();
    timer = setInterval(renew, RENEW_MS);
  }, FIRST_RENEWAL_MS);
  return async () => {
    clearTimeout(timer);
    await renewal;
  };
}
