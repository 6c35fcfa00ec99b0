import type { Position, PositionedEvent } from '@necrocode/event-store';
import { backoffMs, recoveryBackoff } from '../timing/backoff.js';
import { pause } from '../timing/pause.js';
import { raceAbort } from '../timing/race-abort.js';
import type { EventConsumption } from './consume-events.js';
import type { Serial } from './serial.js';

const pageSize = 256;

/** Reads from the store what JetStream lacks. JetStream is not asked what it holds: the store is the remedy for whatever it lost. */
export class CatchUp {
  constructor(
    private readonly consumption: Pick<EventConsumption, 'ledger' | 'store' | 'observe' | 'checkEveryMs'>,
    private readonly admit: (event: PositionedEvent) => Promise<void>,
    private readonly stop: AbortSignal,
  ) {}

  /** Takes in what is missing up to a position, however long the store takes; less when it ends before, which is told as a fault. */
  async upTo(position: Position): Promise<void> {
    const { ledger, store, observe } = this.consumption;
    const from = ledger.admitted + 1n;
    for (let failures = 0; ledger.admitted < position && !this.stop.aborted;) {
      try {
        const events = await raceAbort(store.readAll(ledger.admitted, pageSize), this.stop);
        if (events.length === 0) {
          observe({
            kind: 'fault',
            error: new Error(`JetStream holds position ${position}, the store ends at ${ledger.admitted}`),
          });
          break;
        }
        for (const event of events) await this.#take(event, position);
        failures = 0;
      } catch (error) {
        if (this.stop.aborted) return;
        failures += 1;
        observe({ kind: 'fault', error });
        await pause(backoffMs(recoveryBackoff, failures), this.stop);
      }
    }
    if (ledger.admitted >= from) observe({ kind: 'read-from-store', from: `${from}`, to: `${ledger.admitted}` });
  }

  /** The store gives its events in order and never skips a late one: what is missing between two of them is archived. */
  async #take(event: PositionedEvent, upTo: Position): Promise<void> {
    // One that was not taken in because this replica must stop is not missing.
    if (this.stop.aborted) return;
    this.consumption.ledger.passOver(event.position <= upTo ? event.position : upTo + 1n);
    if (event.position <= upTo) await this.admit(event);
  }

  /**
   * Reads at once what came while nobody was active. Then, once per interval, what the store had an interval ago and JetStream has still not
   * brought though nothing else is coming in: a wiped stream heals without new traffic.
   */
  async keep(intake: Serial): Promise<void> {
    const { ledger, checkEveryMs } = this.consumption;
    let expected = await this.#lastPosition();
    let taken = ledger.admitted;
    while (!this.stop.aborted) {
      const missing = expected;
      if (ledger.admitted === taken) await intake.run(() => this.upTo(missing));
      taken = ledger.admitted;
      expected = await this.#lastPosition();
      await pause(checkEveryMs, this.stop);
    }
  }

  /** 0n, so nothing to catch up with, while the store is away: the next check asks again. */
  async #lastPosition(): Promise<Position> {
    try {
      return await raceAbort(this.consumption.store.lastPosition(), this.stop);
    } catch (error) {
      if (!this.stop.aborted) this.consumption.observe({ kind: 'fault', error });
      return 0n;
    }
  }
}
