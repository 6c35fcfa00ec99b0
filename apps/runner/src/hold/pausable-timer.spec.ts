import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PausableTimer } from './pausable-timer.js';

let due: number;
beforeEach(() => {
  due = 0;
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});
const timer = (ms: number) => new PausableTimer(ms, () => (due += 1));

describe('a timer that can be paused', () => {
  it('is due once after its time', () => {
    timer(100);
    jest.advanceTimersByTime(99);
    expect(due).toBe(0);
    jest.advanceTimersByTime(500);
    expect(due).toBe(1);
  });

  it('does not run while it is paused, and goes on with what was left', () => {
    const paused = timer(100);
    jest.advanceTimersByTime(60);
    paused.pause();
    paused.pause();
    jest.advanceTimersByTime(10_000);
    paused.resume();
    paused.resume();
    jest.advanceTimersByTime(39);
    expect(due).toBe(0);
    jest.advanceTimersByTime(1);
    expect(due).toBe(1);
  });

  it('says what is left, also while it runs', () => {
    const paused = timer(100);
    jest.advanceTimersByTime(60);
    expect(paused.leftMs).toBe(40);
    paused.pause();
    jest.advanceTimersByTime(10_000);
    expect(paused.leftMs).toBe(40);
  });

  it('is never due once it has ended, whatever comes', () => {
    const ended = timer(100);
    ended.end();
    ended.resume();
    jest.advanceTimersByTime(1_000);
    expect(due).toBe(0);
  });
});
