import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedError } from '../embedded-error.js';
import { readLogFrom, sizeOf } from '../process/log-file.js';
import {
  superviseProcess,
  type ProcessExit,
  type SupervisedProcess,
  type SupervisedProcessOptions,
} from '../process/supervise-process.js';
import { pickPort, portTaken } from './pick-port.js';

/** A real server on 127.0.0.1, run as a child of this process. */
export interface EmbeddedServer {
  /** Connection URL with user and password: a secret. */
  readonly url: string;
  readonly port: number;
  /** undefined while it does not run. */
  readonly pid: number | undefined;
  readonly logFile: string;
  /** Ends it in order and waits until it is gone. Repeatable. */
  stop(): Promise<void>;
  /** Kills it as a crash would (SIGKILL) and waits until it is gone; a restart policy, if given, brings it back. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, ending it first if it runs; resolves when it is ready. */
  restart(): Promise<void>;
}

export interface ServerDefinition {
  readonly name: string;
  /** Where it listens; a free port is chosen when not given. */
  readonly port: number | undefined;
  readonly logFile: string;
  readonly readyWithinMs: number;
  readonly onExit?: ((exit: ProcessExit) => void) | undefined;
  /** Everything about its process that depends on the port. */
  command(port: number): Promise<Omit<SupervisedProcessOptions, 'name' | 'logFile' | 'onExit'>>;
  /** Whether this very process (not another on the same port) takes connections. */
  isReady(pid: number, port: number): Promise<boolean>;
  url(port: number): string;
}

const ATTEMPTS = 5;
const LOOK_EVERY_MS = 10;

/** @throws EmbeddedError of any code */
export async function runServer(definition: ServerDefinition): Promise<EmbeddedServer> {
  const { port, process: first } = await startSomewhere(definition);
  let current = first;

  return {
    url: definition.url(port),
    port,
    logFile: definition.logFile,
    get pid() {
      return current.pid;
    },
    stop: () => current.stop(),
    kill: async () => {
      const gone = current.exited();
      current.signal('SIGKILL');
      await gone;
    },
    restart: async () => {
      await current.stop();
      current = await startAt(definition, port);
    },
  };
}

/** Between choosing a free port and listening there, another program may take it: then choose again. */
async function startSomewhere(definition: ServerDefinition): Promise<{ port: number; process: SupervisedProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = definition.port ?? (await pickPort());
    try {
      return { port, process: await startAt(definition, port) };
    } catch (error) {
      const lostTheRace =
        error instanceof EmbeddedError && error.code === 'port-taken' && definition.port === undefined;
      if (!lostTheRace || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startAt(definition: ServerDefinition, port: number): Promise<SupervisedProcess> {
  const deadline = performance.now() + definition.readyWithinMs;
  for (;;) {
    const logStart = sizeOf(definition.logFile);
    try {
      return await startOnce(definition, port, logStart);
    } catch (error) {
      const log = readLogFrom(definition.logFile, logStart);
      if (!heldByDyingBackends(log) || performance.now() > deadline) throw error;
      await delay(LOOK_EVERY_MS);
    }
  }
}

/** The backends of a PostgreSQL killed by SIGKILL notice it a moment later; until then a new one refuses to start. */
function heldByDyingBackends(log: string): boolean {
  return log.includes('pre-existing shared memory block');
}

async function startOnce(definition: ServerDefinition, port: number, logStart: number): Promise<SupervisedProcess> {
  const command = await definition.command(port);
  const process = await superviseProcess({
    ...command,
    name: definition.name,
    logFile: definition.logFile,
    ...(definition.onExit ? { onExit: definition.onExit } : {}),
  });
  try {
    await becomesReady(definition, process, port, logStart);
    return process;
  } catch (error) {
    await process.stop();
    throw error;
  }
}

async function becomesReady(
  definition: ServerDefinition,
  process: SupervisedProcess,
  port: number,
  logStart: number,
): Promise<void> {
  const { pid } = process;
  const deadline = performance.now() + definition.readyWithinMs;
  while (pid !== undefined && process.pid === pid) {
    if (await definition.isReady(pid, port)) return;
    if (performance.now() > deadline) throw tooSlow(definition);
    await Promise.race([process.exited(), delay(LOOK_EVERY_MS)]);
  }
  throw explainExit(definition, port, readLogFrom(definition.logFile, logStart));
}

function explainExit({ name, logFile }: ServerDefinition, port: number, log: string): EmbeddedError {
  if (/address already in use/i.test(log)) return portTaken(port, name);
  const lock = /lock file "postmaster\.pid" already exists[^]*PID (\d+)/.exec(log);
  if (lock) {
    return new EmbeddedError(
      'already-running',
      `${name} runs already on this data directory, as process ${lock[1]}.`,
      'Stop that one first, or use another data directory.',
    );
  }
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const reason =
    lines.findLast((line) => /FATAL|PANIC|\[FTL\]|[Ee]rror/.test(line)) ?? lines.at(-1) ?? 'it wrote nothing';
  return new EmbeddedError('start-failed', `${name} ended while starting: ${reason.trim()}`, `Its log is ${logFile}.`);
}

function tooSlow({ name, readyWithinMs, logFile }: ServerDefinition): EmbeddedError {
  return new EmbeddedError(
    'start-timeout',
    `${name} took no connections within ${readyWithinMs / 1000} s.`,
    `Its log, ${logFile}, says what it was doing; a slow disk or a long recovery after a crash are the usual reasons.`,
  );
}
