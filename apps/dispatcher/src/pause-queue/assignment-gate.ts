/** Any number that nothing else in this database locks by. */
const KEY = 7_283_001;

/** Assignments pass together and keep it open until they are committed. */
export const PASS = `pg_advisory_xact_lock_shared(${KEY})`;

/** Waits until no assignment is under way, and lets none begin before the transaction ends. */
export const SHUT = `select pg_advisory_xact_lock(${KEY})`;
