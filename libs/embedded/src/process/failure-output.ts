/** What a program that failed wrote to stderr, else the error itself, as lines. */
export function failureOutput(error: unknown): string[] {
  const stderr = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  return (stderr.trim() || String(error)).split('\n');
}
