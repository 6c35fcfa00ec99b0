/** Whether an event, by its aggregate and short name, is one of those an endpoint has chosen. */
export function matches(patterns: readonly string[], aggregate: string, event: string): boolean {
  return [`${aggregate}.${event}`, `${aggregate}.*`, '*'].some((pattern) => patterns.includes(pattern));
}
