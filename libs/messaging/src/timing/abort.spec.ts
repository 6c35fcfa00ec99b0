import { describe, expect, it } from '@jest/globals';
import { abortController, joinSignals } from './abort.js';
import { raceAbort } from './race-abort.js';

describe('joined signals', () => {
  it('abort with the first, and its reason', () => {
    const [a, b] = [abortController(), abortController()];
    const { signal } = joinSignals(a.signal, b.signal);
    b.abort('b');
    a.abort('a');
    expect(signal.reason).toBe('b');
    expect(joinSignals(a.signal).signal.aborted).toBe(true);
  });

  it('are left alone once released', () => {
    const a = abortController();
    const { signal, release } = joinSignals(a.signal);
    release();
    a.abort();
    expect(signal.aborted).toBe(false);
  });
});

describe('racing an abort', () => {
  it('gives the value, or the reason', async () => {
    const a = abortController();
    await expect(raceAbort(Promise.resolve(1), a.signal)).resolves.toBe(1);
    const racing = raceAbort(new Promise(() => undefined), a.signal);
    a.abort(new Error('why'));
    await expect(racing).rejects.toThrow('why');
    await expect(raceAbort(Promise.resolve(1), a.signal)).rejects.toThrow('why');
  });
});
