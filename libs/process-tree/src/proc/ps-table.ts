import { execFileSync } from 'node:child_process';
import type { ProcessRow } from './process-row.js';

/** The process table where there is no /proc (macOS, BSD). Start times have the resolution of a second there. */
export function psTable(): ReadonlyMap<number, ProcessRow> {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return new Map(
    text
      .split('\n')
      .map(parsePsLine)
      .filter((row) => row !== undefined)
      .map((row) => [row.pid, row]),
  );
}

export function parsePsLine(line: string): ProcessRow | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S)\S*\s+(.+?)\s*$/.exec(line);
  if (match === null) return undefined;
  const [, pid, ppid, pgrp, state, started] = match;
  const startTime = Date.parse(started ?? '');
  if (Number.isNaN(startTime) || state === undefined) return undefined;
  // Without a session column the group stands for it: a leader of ours leads both.
  return {
    pid: Number(pid),
    ppid: Number(ppid),
    pgrp: Number(pgrp),
    session: Number(pgrp),
    state,
    startTime,
    cpuTicks: 0,
  };
}
