import { describe, expect, it } from '@jest/globals';
import { parseStat } from './parse-stat.js';

const tail = 'S 7 42 41 0 -1 4194560 100 0 0 0 5 6 1 2 20 0 1 0 987654 2400256 210 18446744073709551615 1 1 0';

describe('reading /proc/PID/stat', () => {
  it('takes parent, group, session, state, start time and CPU time', () =>
    expect(parseStat(`42 (sleep) ${tail}`)).toEqual({
      pid: 42,
      ppid: 7,
      pgrp: 42,
      session: 41,
      state: 'S',
      startTime: 987654,
      cpuTicks: 14,
    }));

  it('is not misled by brackets and blanks in the name of the program', () =>
    expect(parseStat(`42 (a) S 1 1 (b) ) ${tail}`)).toMatchObject({ pid: 42, ppid: 7, startTime: 987654 }));

  it('refuses what is not a stat line', () => {
    expect(parseStat('')).toBeUndefined();
    expect(parseStat('42 (cut short) S 1')).toBeUndefined();
  });
});
