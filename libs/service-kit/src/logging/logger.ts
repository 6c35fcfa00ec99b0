import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, pino, type Logger, type LoggerOptions } from 'pino';
import { describeError } from './describe-error.js';

export type { Logger } from 'pino';

/** JSON lines on stdout. Errors are reduced to what holds nothing of a user's. @param sink where the lines go instead */
export function createLogger(service: string, level: string, sink?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['*.password', '*.token', '*.env', '*.command', '*.authorization'], censor: '[redacted]' },
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
  };
  return sink ? pino(options, sink) : pino(options);
}

/** Nest's own lines, one level down: they matter when something is wrong. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown, context?: unknown) => logger.debug({ context }, String(message)),
    debug: (message: unknown, context?: unknown) => logger.debug({ context }, String(message)),
    verbose: (message: unknown, context?: unknown) => logger.trace({ context }, String(message)),
    warn: (message: unknown, context?: unknown) => logger.warn({ context }, String(message)),
    error: (message: unknown, stack?: unknown, context?: unknown) => logger.error({ context, stack }, String(message)),
    fatal: (message: unknown, context?: unknown) => logger.fatal({ context }, String(message)),
  };
}
