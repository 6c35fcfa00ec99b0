import { constants } from 'node:os';
import { errno, libc } from '../native/libc.js';
import { readProcess } from '../proc/process-table.js';
import { isDead, type ProcessRow } from '../proc/process-row.js';

/** `not-ours`: the pid has come to mean another process, or must never be signalled; nothing was sent. */
export type SignalAnswer = 'delivered' | 'no-such-process' | 'not-ours' | 'refused';

/**
 * Signals one process, and only that one, with one signal or several in a row; answers for the first. The handle is opened first and the identity read after it, so whatever was
 * checked is what gets the signal, however fast pids are reused. Where the kernel has no such handles the check comes
 * right before the signal.
 * @param holds asked about the process as it is now: does it still belong to whom we mean?
 */
export function signalProcess(
  target: { readonly pid: number; readonly startTime: number },
  signals: NodeJS.Signals | readonly NodeJS.Signals[],
  holds: (row: ProcessRow) => boolean = () => true,
): SignalAnswer {
  if (target.pid <= 1 || target.pid === process.pid) return 'not-ours';
  const native = libc();
  const pidfd = native?.pidfdOpen(target.pid);
  try {
    const row = readProcess(target.pid);
    if (row === undefined) return 'no-such-process';
    if (row.startTime !== target.startTime) return 'not-ours';
    if (isDead(row)) return 'no-such-process';
    if (!holds(row)) return 'not-ours';
    const [answer = 'not-ours'] = [signals]
      .flat()
      .map((signal) =>
        native === undefined || pidfd === undefined
          ? killNow(target.pid, signal)
          : answerOf(native.pidfdSendSignal(pidfd, constants.signals[signal])),
      );
    return answer;
  } finally {
    if (pidfd !== undefined) native?.close(pidfd);
  }
}

/** To every process of the group at once, so that none can fork its way out. Only for a group whose leader still holds its number. */
export function signalGroup(pgrp: number, signal: NodeJS.Signals): SignalAnswer {
  return pgrp <= 1 ? 'not-ours' : killNow(-pgrp, signal);
}

function killNow(pid: number, signal: NodeJS.Signals): SignalAnswer {
  try {
    process.kill(pid, signal);
    return 'delivered';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return 'no-such-process';
    if (code === 'EPERM') return 'refused';
    throw error;
  }
}

function answerOf(result: number): SignalAnswer {
  if (result === 0) return 'delivered';
  return result === errno.ESRCH ? 'no-such-process' : 'refused';
}
