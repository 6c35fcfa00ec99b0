/** Paths at which callers of other systems are answered in those systems' words. */
export function isFacade(path: string): boolean {
  return path.startsWith('/api/v1/') || path.startsWith('/api/training/');
}
