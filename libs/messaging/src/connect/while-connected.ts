import type { Link } from './link.js';

/**
 * What the promise comes to, or null as soon as the connection breaks: the client lets what was under way on a broken
 * connection run into its time-out, or wait for the reconnect. Rejects as the promise does.
 */
export async function whileConnected<T>({ stretch }: Pick<Link, 'stretch'>, promise: Promise<T>): Promise<T | null> {
  let stopWatching = (): void => undefined;
  const broken = new Promise<null>((resolve) => {
    const onBroken = (): void => resolve(null);
    stopWatching = () => stretch.removeEventListener('abort', onBroken);
    if (stretch.aborted) resolve(null);
    else stretch.addEventListener('abort', onBroken, { once: true });
  });
  try {
    return await Promise.race([promise, broken]);
  } finally {
    stopWatching();
  }
}
