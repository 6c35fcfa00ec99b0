/** How an event does not fit its chain. */
export const BROKEN = {
  hash: 'it is not what was hashed',
  'previous-hash': 'it does not follow the event before it',
  version: 'events before it are missing',
} as const;
