/** What the system says when nobody is at the other end, or hangs up. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
/** SQLSTATE classes 08 (connection), 53 (resources) and the server's own going down or coming up; a lock not given in time. */
const SQL_STATE = /^(?:08...|53...|57P0[1-5]|55P03)$/;

/** True for an error that says nothing about the request: PostgreSQL cannot be reached just now. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && (SOCKET_CODES.has(code) || SQL_STATE.test(code))) return true;
  // node-postgres has no code for a connection that breaks under a query.
  if (/^Connection terminated|^Client has encountered a connection error/.test(error.message)) return true;
  if ('driverError' in error && error.driverError !== error) return isDatabaseAway(error.driverError);
  return error instanceof AggregateError && error.errors.some(isDatabaseAway);
}
