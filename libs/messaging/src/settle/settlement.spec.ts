import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Settleable, Settlement } from './settlement.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function message(seq: number, words: string[]): Settleable {
  const say = (word: string) => () => void words.push(`${word} ${seq}`);
  return {
    seq,
    ack: say('ack'),
    nak: say('nak'),
    term: (reason) => void words.push(`term ${seq} ${reason}`),
    working: say('working'),
  };
}

describe('a message', () => {
  it('is reported as worked on until it is settled', () => {
    const words: string[] = [];
    const settlement = new Settlement(300);
    const [one, two] = [message(1, words), message(2, words)];
    settlement.take(one);
    settlement.take(two);
    jest.advanceTimersByTime(100);
    settlement.ack(one);
    jest.advanceTimersByTime(100);
    settlement.term(two, 'bad');
    jest.advanceTimersByTime(100);
    settlement.nakAll();
    expect(words).toEqual(['working 1', 'working 2', 'ack 1', 'working 2', 'term 2 bad']);
  });

  it('is settled by its newest delivery', () => {
    const words: string[] = [];
    const redelivered: string[] = [];
    const settlement = new Settlement(300);
    const first = message(1, words);
    settlement.take(first);
    settlement.take(message(1, redelivered));
    expect([settlement.isOpen(first), settlement.open]).toEqual([true, 1]);
    settlement.ack(first);
    settlement.nakAll();
    expect([words, redelivered]).toEqual([[], ['ack 1']]);
  });

  it('goes back at once when settling stops', () => {
    const words: string[] = [];
    const settlement = new Settlement(300);
    settlement.take(message(1, words));
    settlement.take(message(2, words));
    settlement.nakAll();
    jest.advanceTimersByTime(1_000);
    expect(words).toEqual(['nak 1', 'nak 2']);
  });

  it('is acknowledged even after it was abandoned, for its handler did finish', () => {
    const words: string[] = [];
    const settlement = new Settlement(300);
    const one = message(1, words);
    settlement.take(one);
    settlement.abandonAll();
    jest.advanceTimersByTime(1_000);
    settlement.ack(one);
    expect(words).toEqual(['ack 1']);
  });

  it('whose connection is gone is not settled, and nothing breaks', () => {
    const settlement = new Settlement(300);
    const gone = (): never => {
      throw new Error('closed');
    };
    const one: Settleable = { seq: 1, ack: gone, nak: gone, term: gone, working: gone };
    settlement.take(one);
    jest.advanceTimersByTime(100);
    settlement.ack(one);
    expect(settlement.open).toBe(0);
    settlement.nakAll();
  });
});
