/** The service's own schema. */
export const SCHEMA = 'artifact_cleaner';
export const DRIVE_TABLE = 'drive';
