/** The service's own schema. */
export const SCHEMA = 'cancellation_service';
export const DRIVE_TABLE = 'drive';
