import type { ProcessRow } from './process-row.js';

/**
 * Reads /proc/PID/stat. The command name stands in brackets and may itself hold blanks and brackets, so fields are
 * counted from the last bracket. Source: proc_pid_stat(5).
 */
export function parseStat(text: string): ProcessRow | undefined {
  const nameEnd = text.lastIndexOf(')');
  if (nameEnd < 0) return undefined;
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(nameEnd + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const row: ProcessRow = {
    pid,
    ppid: field(4),
    pgrp: field(5),
    session: field(6),
    state: fields[0] ?? '',
    startTime: field(22),
    cpuTicks: field(14) + field(15) + field(16) + field(17),
  };
  return Number.isSafeInteger(row.startTime) && Number.isSafeInteger(pid) ? row : undefined;
}
