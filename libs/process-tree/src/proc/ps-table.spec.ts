import { describe, expect, it } from '@jest/globals';
import { parsePsLine, psTable } from './ps-table.js';

describe('the process table of a machine without /proc', () => {
  it('reads a line of ps', () =>
    expect(parsePsLine('  501   1   500 Ss   Sun Nov 22 10:12:55 2026')).toEqual({
      pid: 501,
      ppid: 1,
      pgrp: 500,
      session: 500,
      state: 'S',
      startTime: Date.parse('Sun Nov 22 10:12:55 2026'),
      cpuTicks: 0,
    }));

  it('passes over what is no process', () => {
    expect(parsePsLine('')).toBeUndefined();
    expect(parsePsLine('PID PPID PGID STAT STARTED')).toBeUndefined();
  });

  it('finds this very process', () => expect(psTable().get(process.pid)?.ppid).toBe(process.ppid));
});
