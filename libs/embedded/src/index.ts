export { EmbeddedError, type EmbeddedErrorCode } from './embedded-error.js';
export { ensureWritableDirectory, readOrCreateSecret, writePrivateFile } from './files/private-files.js';
export { startNatsCluster, type NatsClusterOptions } from './nats/start-nats-cluster.js';
export { type EmbeddedNats, startNats, type NatsOptions } from './nats/start-nats.js';
export { startPostgres, type PostgresOptions } from './postgres/start-postgres.js';
export { identify, isAlive, type ProcessIdentity } from './process/process-identity.js';
export { defaultRestartPolicy, type RestartPolicy } from './process/restart-policy.js';
export {
  superviseProcess,
  type ProcessExit,
  type SupervisedProcess,
  type SupervisedProcessOptions,
} from './process/supervise-process.js';
export { isFree as isPortFree, pickPort } from './server/pick-port.js';
export type { EmbeddedServer } from './server/run-server.js';
