/** The service's own schema. */
export const SCHEMA = 'dispatcher';
/** Starts not yet known to have happened, as a `DriveQueue` keeps them: `key` is the execution's id. */
export const START_DRIVE = 'start_drive';
/** Jobs with limits, as a `DriveQueue` keeps them: `key` is the job's id, due when its next limit is. */
export const LIMIT_DRIVE = 'limit_drive';
