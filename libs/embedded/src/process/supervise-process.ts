import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { EmbeddedError } from '../embedded-error.js';
import { errnoOf } from '../files/errno.js';
import { deathTie } from './death-tie.js';
import { endProcess, sendSignal } from './end-process.js';
import { openLog } from './log-file.js';
import { findPredecessor, removeRecord, writeRecord } from './process-record.js';
import { planRestart, type RestartPolicy } from './restart-policy.js';

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds until it is started again; undefined when it is not. */
  readonly restartInMs: number | undefined;
}

export interface SupervisedProcessOptions {
  /** For messages and the record, such as `dispatcher`. */
  readonly name: string;
  /** argv; the first is an absolute path or found on PATH. */
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment of the child; default: ours. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets stdout and stderr, appended. */
  readonly logFile: string;
  /** Where the child is recorded while it runs; a later start finds and ends it if this supervisor was killed. */
  readonly stateFile?: string;
  /** Account to run under; default: ours. */
  readonly account?: { readonly uid: number; readonly gid: number };
  /** argv prefix the child is started through, before the tie to our death: for what changes its credentials. */
  readonly through?: readonly string[];
  readonly restart: RestartPolicy | 'never';
  /** How it is asked to end, and how long it may take before it is forced; default SIGTERM, 10 s. */
  readonly stopping?: { readonly signal: NodeJS.Signals; readonly graceMs: number };
  /** Told of every exit, those that `stop` asked for too. */
  readonly onExit?: (exit: ProcessExit) => void;
}

export interface SupervisedProcess {
  readonly name: string;
  /** undefined while it does not run. */
  readonly pid: number | undefined;
  readonly status: 'running' | 'waiting-to-restart' | 'stopped';
  /** Settles at the next exit; at once when it does not run. */
  exited(): Promise<void>;
  /** Sends a signal to the process; the restart policy stays in force. */
  signal(signal: NodeJS.Signals): void;
  /** Asks it to end, forces it (and its process group) when the grace is over, and restarts it no more. Repeatable. */
  stop(): Promise<void>;
}

const defaultStopping = { signal: 'SIGTERM', graceMs: 10_000 } as const;

/**
 * Starts a process and keeps it running. It gets its own session, so that Ctrl-C in the terminal reaches us alone and we
 * end our processes in order; the kernel ends it if we are killed (where it can), and its record lets the next start find it.
 * Call from the main thread. Resolves when it has been spawned.
 *
 * @throws EmbeddedError `already-running` (another live supervisor has it), `binary-missing`, `binary-not-runnable`
 */
export async function superviseProcess(options: SupervisedProcessOptions): Promise<SupervisedProcess> {
  const stopping = options.stopping ?? defaultStopping;
  if (options.stateFile !== undefined) await endOrphan(options.name, options.stateFile, stopping);

  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let exit: Promise<void> = Promise.resolve();
  let starting: Promise<void> = Promise.resolve();
  let wanted = true;
  let deathsInARow = 0;

  const start = async (): Promise<void> => {
    const startedAt = performance.now();
    const spawned = await spawnDetached(options, stopping.signal);
    child = spawned;
    exit = new Promise((settle) => {
      spawned.once('exit', (code, signal) => {
        child = undefined;
        let restartInMs: number | undefined;
        if (wanted && options.restart !== 'never') {
          const plan = planRestart(options.restart, { deathsInARow, ranMs: performance.now() - startedAt });
          ({ deathsInARow, waitMs: restartInMs } = plan);
          timer = setTimeout(restart, plan.waitMs);
        }
        settle();
        options.onExit?.({ code, signal, restartInMs });
      });
    });
    if (options.stateFile !== undefined && spawned.pid !== undefined) {
      await writeRecord(options.stateFile, options.name, spawned.pid);
    }
  };

  const restart = (): void => {
    timer = undefined;
    // A binary that cannot be spawned any more (deleted under us, out of processes) counts as one more death.
    starting = start().catch(() => {
      if (!wanted || options.restart === 'never') return;
      const plan = planRestart(options.restart, { deathsInARow, ranMs: 0 });
      deathsInARow = plan.deathsInARow;
      timer = setTimeout(restart, plan.waitMs);
    });
  };

  await start();

  return {
    name: options.name,
    get pid() {
      return child?.pid;
    },
    get status() {
      if (child) return 'running';
      return timer ? 'waiting-to-restart' : 'stopped';
    },
    exited: () => exit,
    signal: (signal) => {
      if (child?.pid !== undefined) sendSignal(child.pid, signal);
    },
    stop: async () => {
      wanted = false;
      clearTimeout(timer);
      timer = undefined;
      await starting;
      const pid = child?.pid;
      if (pid !== undefined) {
        sendSignal(pid, 'SIGCONT'); // A stopped process never sees the signal that asks it to end.
        sendSignal(pid, stopping.signal);
        const force = setTimeout(() => sendSignal(-pid, 'SIGKILL'), stopping.graceMs);
        await exit;
        clearTimeout(force);
      }
      if (options.stateFile !== undefined) await removeRecord(options.stateFile);
    },
  };
}

async function endOrphan(
  name: string,
  stateFile: string,
  stopping: { signal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  const predecessor = await findPredecessor(stateFile);
  switch (predecessor.status) {
    case 'none':
      return;
    case 'orphaned':
      return endProcess(predecessor.child, stopping.signal, stopping.graceMs);
    case 'supervised':
      throw new EmbeddedError(
        'already-running',
        `${name} runs already as process ${predecessor.child.pid}, supervised by process ${predecessor.supervisor.pid}.`,
        'Stop that one first, or use another data directory.',
      );
    default:
      return predecessor satisfies never;
  }
}

async function spawnDetached(
  options: SupervisedProcessOptions,
  signalWhenWeDie: NodeJS.Signals,
): Promise<ChildProcess> {
  const program = options.command[0];
  const [file = program, ...args] = [...(options.through ?? []), ...deathTie(signalWhenWeDie), ...options.command];
  const log = openLog(options.logFile);
  try {
    // A prefix is spawned well even when the program behind it is missing, so look at the program itself.
    if (isAbsolute(program)) await access(program, constants.X_OK);
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', log, log],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...options.account,
    });
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    const missing = errnoOf(cause) === 'ENOENT';
    throw new EmbeddedError(
      missing ? 'binary-missing' : 'binary-not-runnable',
      `${options.name} could not be started: ${program} ${missing ? 'does not exist' : `cannot be run (${errnoOf(cause)})`}.`,
      'Install the dependencies again with `npm ci`, in a place from where programs may be run.',
      { cause },
    );
  } finally {
    closeSync(log);
  }
}
