/** The service's own schema. */
export const SCHEMA = 'notifier';
