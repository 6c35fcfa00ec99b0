import { afterAll, beforeAll, describe } from '@jest/globals';
import type { EventStore } from '../event-store.js';
import { appendExamples } from './append-examples.js';
import { concurrencyExamples } from './concurrency-examples.js';
import { hashChainExamples } from './hash-chain-examples.js';
import { orderExamples } from './order-examples.js';
import { readExamples } from './read-examples.js';
import { repetitionExamples } from './repetition-examples.js';

/** A store under test. It may hold events already, and may be used by all examples of the suite. */
export interface StoreUnderTest {
  readonly store: EventStore;
  /** Returns when every committed event is numbered. */
  numberAll(): Promise<void>;
  close(): Promise<void>;
}

/** Gives the examples the store that `beforeAll` made. */
export type Subject = () => StoreUnderTest;

/** What every event store does. Run it from a spec file of the adapter. */
export function eventStoreContract(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the event store contract`, () => {
    let underTest: StoreUnderTest | undefined;
    const subject: Subject = () => {
      if (!underTest) throw new Error('the store was not made');
      return underTest;
    };
    beforeAll(async () => {
      underTest = await makeStore();
    });
    afterAll(async () => {
      await underTest?.close();
    });
    describe('append', () => appendExamples(subject));
    describe('repeated append', () => repetitionExamples(subject));
    describe('concurrent append', () => concurrencyExamples(subject));
    describe('reading streams', () => readExamples(subject));
    describe('the total order', () => orderExamples(subject));
    describe('the hash chain', () => hashChainExamples(subject));
  });
}
