export { findHome, logDirectory, tokenFile } from './home.js';
export { SERVICES, type ServiceName } from './members.js';
export { type LocalSystem, startSystem, type SystemOptions, type SystemProgress } from './start-system.js';
export { readSystemState, type SystemState } from './system-state.js';
