/** The part of the kit for processes without a database and without Nest: the runner agent. Loads in a fraction of the time. */
export { CommandClient, type AskOptions } from './command/command-client.js';
export { BadConfiguration, loadConfig, processConfig } from './config/load-config.js';
export { CodedError } from './errors/coded-error.js';
export { openFaultPoints } from './fault-points/fault-points.js';
export { holdReports } from './fault-points/hold-reports.js';
export { type HealthCheck, type HealthServer, serveHealth } from './health/health-server.js';
export { newId } from './ids/new-id.js';
export { createLogger, type Logger } from './logging/logger.js';
export { runUntilSignalled, type RunningService } from './shutdown/run-until-signalled.js';
