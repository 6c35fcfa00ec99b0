import { describe, expect, it } from '@jest/globals';
import { Bell } from './bell.js';

const never = new AbortController().signal;
const LONG_MS = 60_000;

describe('a listener', () => {
  it('is woken by a ring for its key', async () => {
    const bell = new Bell();
    const listener = bell.listen('a');
    const woken = listener.wait(LONG_MS, never);
    bell.ring(['a']);
    await expect(woken).resolves.toBeUndefined();
  });

  it('does not miss a ring between listening and waiting', async () => {
    const bell = new Bell();
    const listener = bell.listen('a');
    bell.ring(['a']);
    await expect(listener.wait(LONG_MS, never)).resolves.toBeUndefined();
  });

  it('is woken by a ring for everybody', async () => {
    const bell = new Bell();
    const listener = bell.listen('a');
    bell.ring(null);
    await expect(listener.wait(LONG_MS, never)).resolves.toBeUndefined();
  });

  it('sleeps through rings for other keys until its time is over', async () => {
    const bell = new Bell();
    const listener = bell.listen('a');
    let woken = false;
    const waiting = listener.wait(5, never).then(() => (woken = true));
    bell.ring(['b']);
    await Promise.resolve();
    expect(woken).toBe(false);
    await waiting;
  });

  it('stops waiting when its signal aborts', async () => {
    const listener = new Bell().listen('a');
    const stop = new AbortController();
    const waiting = listener.wait(LONG_MS, stop.signal);
    stop.abort();
    await expect(waiting).resolves.toBeUndefined();
  });

  it('leaves nothing behind when it is closed', () => {
    const bell = new Bell();
    const [one, other] = [bell.listen('a'), bell.listen('a')];
    one.close();
    one.close();
    expect(bell.listenedKeys).toBe(1);
    other.close();
    expect(bell.listenedKeys).toBe(0);
  });
});
