import { describe, expect, it } from '@jest/globals';
import { PositionLedger } from './position-ledger.js';

function ledgerAt(checkpoint: bigint, taken = 0): PositionLedger {
  const ledger = new PositionLedger();
  ledger.resume(checkpoint);
  for (let n = 1n; n <= taken; n += 1n) ledger.admit(checkpoint + n);
  return ledger;
}

describe('taking in positions', () => {
  it('tells the next one from a gap, one in progress and one that is handled', () => {
    const ledger = ledgerAt(10n, 3);
    ledger.handled(12n);
    expect([10n, 11n, 12n, 13n, 14n, 15n].map((position) => ledger.look(position))).toEqual([
      'handled',
      'in-progress',
      'handled',
      'in-progress',
      'next',
      'gap',
    ]);
  });

  it('is without a gap', () => {
    expect(() => ledgerAt(10n).admit(12n)).toThrow(RangeError);
    expect(() => ledgerAt(10n).admit(10n)).toThrow(RangeError);
  });
});

describe('passing over what is archived', () => {
  it('handles it, behind what is still in progress', () => {
    const ledger = ledgerAt(10n, 1);
    ledger.passOver(20n);
    expect([ledger.lowWater, ledger.look(15n), ledger.look(20n)]).toEqual([10n, 'handled', 'next']);
    ledger.handled(11n);
    expect(ledger.lowWater).toBe(19n);
  });

  it('never goes back', () => {
    const ledger = ledgerAt(10n, 3);
    ledger.passOver(12n);
    expect(ledger.look(13n)).toBe('in-progress');
  });
});

describe('the low-water mark', () => {
  it('rises to where everything below is handled, in whatever order', () => {
    const ledger = ledgerAt(10n, 4);
    const marks = [13n, 12n, 11n, 14n].map((position) => {
      ledger.handled(position);
      return ledger.lowWater;
    });
    expect(marks).toEqual([10n, 10n, 13n, 14n]);
    expect(ledger.spread).toBe(0);
  });

  it('does not care for what is handled twice', () => {
    const ledger = ledgerAt(10n, 1);
    ledger.handled(11n);
    ledger.handled(11n);
    ledger.handled(3n);
    expect(ledger.lowWater).toBe(11n);
  });
});

describe('resuming', () => {
  it('takes in again what is not handled and remembers what is', () => {
    const ledger = ledgerAt(10n, 4);
    ledger.handled(11n);
    ledger.handled(13n);
    ledger.resume(10n);
    expect(ledger.lowWater).toBe(11n);
    expect(ledger.admitted).toBe(11n);
    expect(ledger.isHandled(13n)).toBe(true);
    ledger.admit(12n);
    ledger.handled(12n);
    expect(ledger.lowWater).toBe(13n);
  });

  it('goes on behind what another replica has handled', () => {
    const ledger = ledgerAt(10n, 4);
    ledger.handled(12n);
    ledger.handled(14n);
    ledger.resume(13n);
    expect([ledger.lowWater, ledger.admitted]).toEqual([14n, 14n]);
  });

  it('counts a handler that finishes afterwards', () => {
    const ledger = ledgerAt(10n, 3);
    ledger.resume(10n);
    ledger.handled(11n);
    ledger.handled(13n);
    expect([ledger.lowWater, ledger.isHandled(13n)]).toEqual([11n, true]);
  });
});
