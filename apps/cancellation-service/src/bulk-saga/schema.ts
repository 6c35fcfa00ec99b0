export const BULK_DRIVE_TABLE = 'bulk_drive';
