export {
  catalog,
  type CatalogEntry,
  catalogEntry,
  type ErrorCategory,
  type ErrorCode,
  fillIn,
  isErrorCode,
} from './catalog.js';
