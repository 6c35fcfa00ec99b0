/** Runs something that Ctrl-C ends. @returns whether it was ended so; other faults are thrown */
export async function interruptible(run: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    await run(interrupted.signal);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', interrupt);
  }
  return interrupted.signal.aborted;
}
