/** The service's own schema. */
export const SCHEMA = 'runner_monitor';
