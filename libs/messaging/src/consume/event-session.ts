import { eventSubject, fromCloudEvent, streamNames, toCloudEvent } from '@necrocode/contracts';
import type { Position, PositionedEvent } from '@necrocode/event-store';
import type { JsMsg } from '@nats-io/jetstream';
import { errorCode } from '../dead-letter/error-code.js';
import { keepDeadLetter } from '../dead-letter/keep-dead-letter.js';
import type { Drain } from '../drain/drain.js';
import { Settlement } from '../settle/settlement.js';
import { backoffMs, recoveryBackoff } from '../timing/backoff.js';
import { pause } from '../timing/pause.js';
import { raceAbort } from '../timing/race-abort.js';
import { attempt } from './attempt.js';
import type { EventConsumption } from './consume-events.js';
import { pullMessages } from './pull-messages.js';
import { refuseMessage } from './refuse-message.js';
import { Room } from './room.js';
import { Serial } from './serial.js';
import { abortController } from '../timing/abort.js';

/** An event in progress, with the JetStream message to settle when one has come. */
interface Work {
  readonly event: PositionedEvent;
  readonly key: string;
  message: JsMsg | undefined;
}

/** A slow key lets the others run ahead of the checkpoint by this many events at most: what a crash would make handle again. */
const maxSpread = 8_192;
const pageSize = 256;

/** One stretch of being the active replica, from the checkpoint on. */
export class EventSession {
  readonly #work = new Map<Position, Work>();
  readonly #running = new Set<Promise<void>>();
  readonly #settlement: Settlement;
  readonly #room: Room;
  /** Intake is one thing at a time, be it a message, a gap or the timer's check. */
  readonly #intake = new Serial();
  readonly #over = abortController();

  constructor(
    private readonly consumption: EventConsumption,
    private readonly drain: Drain,
    private readonly lost: AbortSignal,
  ) {
    this.#settlement = new Settlement(consumption.ackWaitMs);
    const { ledger, maxInProgress } = consumption;
    this.#room = new Room(() => this.#work.size >= maxInProgress || ledger.spread >= maxSpread);
  }

  get inProgress(): number {
    return this.#work.size;
  }

  async run(): Promise<void> {
    const { checkpoint, ledger, connection, durable, ackWaitMs, maxInProgress, saver } = this.consumption;
    try {
      ledger.resume(await raceAbort(checkpoint.load(), this.lost));
      const checking = this.#checkStore();
      await pullMessages(
        {
          connection,
          spec: {
            stream: streamNames.events,
            durable,
            description: 'One purpose of one service; its service keeps the checkpoint',
            ackWaitMs,
            maxUnsettled: maxInProgress * 2,
          },
          prefetch: Math.min(pageSize, maxInProgress),
          take: (message) => this.#take(message),
          onFault: this.#fault,
        },
        this.lost,
      );
      await checking;
    } finally {
      await this.#finish();
      await saver.flush();
    }
  }

  async #take(message: JsMsg): Promise<void> {
    let event: PositionedEvent;
    try {
      event = fromCloudEvent(message.json());
    } catch (error) {
      return refuseMessage(this.consumption, message, error, this.lost);
    }
    await this.#intake.run(async () => {
      if (this.consumption.ledger.look(event.position) === 'gap') await this.#readFromStore(event.position - 1n);
      await this.#admit(event, message);
    });
  }

  /** JetStream is not asked what it holds: reading up to a position the store has is the whole remedy for whatever it lost. */
  async #readFromStore(upTo: Position): Promise<void> {
    const { ledger, store, observe } = this.consumption;
    const from = ledger.admitted + 1n;
    for (let failures = 0; ledger.admitted < upTo && !this.lost.aborted;) {
      try {
        const events = await raceAbort(store.readAll(ledger.admitted, pageSize), this.lost);
        if (events.length === 0)
          throw new Error(`JetStream holds position ${upTo}, the store ends at ${ledger.admitted}`);
        for (const event of events) if (event.position <= upTo) await this.#admit(event, undefined);
        failures = 0;
      } catch (error) {
        if (this.lost.aborted) return;
        failures += 1;
        this.#fault(error);
        await pause(backoffMs(recoveryBackoff, failures), this.lost);
      }
    }
    if (ledger.admitted >= from) observe({ kind: 'read-from-store', from: `${from}`, to: `${ledger.admitted}` });
  }

  async #admit(event: PositionedEvent, message: JsMsg | undefined): Promise<void> {
    const { ledger } = this.consumption;
    const { position } = event;
    if (ledger.look(position) === 'next') {
      await this.#room.wait(this.lost);
      if (this.lost.aborted) return;
      ledger.admit(position);
      return this.#begin(event, message);
    }
    if (message === undefined || this.lost.aborted) return;
    const work = this.#work.get(position);
    if (work === undefined) return this.#settlement.ack(message);
    // It was read from the store first, or its redelivery overtook its handler: settled with the rest.
    work.message = message;
    this.#settlement.take(message);
  }

  #begin(event: PositionedEvent, message: JsMsg | undefined): void {
    const work: Work = { event, key: this.consumption.key(event), message };
    this.#work.set(event.position, work);
    if (message !== undefined) this.#settlement.take(message);
    const running = this.consumption.lanes
      .run(work.key, () => this.#handle(work))
      .catch(this.#fault)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #handle(work: Work): Promise<void> {
    const { event, key } = work;
    const { ledger, saver, slots, retry, observe } = this.consumption;
    let gaveUp: string | undefined;
    if (!ledger.isHandled(event.position)) {
      const verdict = await attempt(
        () => this.consumption.handle(this.#delivery(work)),
        slots,
        retry,
        this.lost,
        (attempts, error) => observe({ kind: 'handler-failed', messageId: event.id, key, attempts, error }),
      );
      if (verdict.outcome === 'stopped') return;
      if (verdict.outcome === 'given-up') {
        gaveUp = errorCode(verdict.error);
        if (!(await this.#bury(work, verdict.attempts, gaveUp))) return;
        observe({ kind: 'dead-lettered', messageId: event.id, key, errorCode: gaveUp, error: verdict.error });
      }
    }
    ledger.handled(event.position);
    this.#work.delete(event.position);
    if (work.message !== undefined) {
      if (gaveUp === undefined) this.#settlement.ack(work.message);
      else this.#settlement.term(work.message, gaveUp);
    }
    saver.touch();
    this.#room.changed();
  }

  #delivery({ event, message }: Work): Parameters<EventConsumption['handle']>[0] {
    return {
      event,
      traceparent: event.metadata.traceparent,
      redelivered: message?.redelivered ?? true,
      deliveries: message?.info.deliveryCount ?? 0,
      signal: this.#over.signal,
    };
  }

  #bury({ event, key }: Work, attempts: number, code: string): Promise<boolean> {
    const { connection, durable } = this.consumption;
    const letter = {
      durable,
      messageId: event.id,
      subject: eventSubject(event),
      key,
      attempts,
      errorCode: code,
      failedAt: new Date().toISOString(),
      body: toCloudEvent(event),
    };
    return keepDeadLetter(connection, letter, event.metadata.traceparent, this.lost, this.#fault);
  }

  /**
   * Reads at once what came while nobody was active. Then, once per interval, what the store had an interval ago and JetStream has still not
   * brought though nothing else is coming in: a wiped stream heals without new traffic.
   */
  async #checkStore(): Promise<void> {
    const { ledger, checkEveryMs } = this.consumption;
    await this.#catchUp(await this.#lastPosition());
    while (!this.lost.aborted) {
      const taken = ledger.admitted;
      const expected = await this.#lastPosition();
      await pause(checkEveryMs, this.lost);
      if (ledger.admitted === taken) await this.#catchUp(expected);
    }
  }

  #catchUp(position: Position): Promise<void> {
    return this.#intake.run(() => this.#readFromStore(position));
  }

  /** 0n, so nothing to catch up with, while the store is away: the next check asks again. */
  async #lastPosition(): Promise<Position> {
    try {
      return await raceAbort(this.consumption.store.lastPosition(), this.lost);
    } catch (error) {
      if (!this.lost.aborted) this.#fault(error);
      return 0n;
    }
  }

  async #finish(): Promise<void> {
    if (this.drain.stopping.aborted) {
      await raceAbort(Promise.all(this.#running), this.drain.abandoning).catch(() => undefined);
      this.#settlement.nakAll();
    } else {
      this.#settlement.abandonAll();
    }
    this.#over.abort();
  }

  readonly #fault = (error: unknown): void => this.consumption.observe({ kind: 'fault', error });
}
