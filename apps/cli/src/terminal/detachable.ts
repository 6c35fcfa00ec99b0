import { CommandFailure, EXIT } from '../exit-codes.js';
import type { Terminal } from './terminal.js';

/** Runs something that waits; Ctrl-C ends the waiting, not what is waited for, and says how to look again. */
export async function detachable(
  terminal: Terminal,
  again: string,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const detached = new AbortController();
  const detach = (): void => detached.abort();
  process.once('SIGINT', detach);
  try {
    await wait(detached.signal);
  } catch (error) {
    if (!detached.signal.aborted) throw error;
    terminal.say('');
    throw new CommandFailure(EXIT.detached, 'Detached; it goes on without you.', `Look again with: ${again}`);
  } finally {
    process.off('SIGINT', detach);
  }
}
