export { findHome, logDirectory, metricsTargetsFile, subscriberUrlFile, tokenFile } from './home.js';
export { SERVICES, type ServiceName } from './members.js';
export { type SystemProgress } from './start-member.js';
export { type LocalSystem, startSystem, type SystemOptions } from './start-system.js';
export { startWorker } from './start-worker.js';
export { readSystemState, type SystemState } from './system-state.js';
