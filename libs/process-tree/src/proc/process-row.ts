/** One process as the kernel lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** R running, S sleeping, D uninterruptible, T stopped, Z zombie, X dead, … */
  readonly state: string;
  /** Clock ticks after boot; with the boot id and the pid it names one process for ever. */
  readonly startTime: number;
  /** CPU time of the process and of the children it has waited for, in clock ticks of 10 ms. */
  readonly cpuTicks: number;
}

/** A zombie holds a pid and nothing else: it runs no code and keeps no file open. */
export const isDead = (row: ProcessRow): boolean => row.state === 'Z' || row.state === 'X' || row.state === 'x';

export const keyOf = (row: { readonly pid: number; readonly startTime: number }): string =>
  `${row.pid}:${row.startTime}`;
