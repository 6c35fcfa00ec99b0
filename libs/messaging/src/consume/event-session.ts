import { eventSubject, fromCloudEvent, streamNames, toPublishedEvent } from '@necrocode/contracts';
import type { Position, PositionedEvent } from '@necrocode/event-store';
import type { JsMsg } from '@nats-io/jetstream';
import { errorCode } from '../dead-letter/error-code.js';
import { keepDeadLetter } from '../dead-letter/keep-dead-letter.js';
import type { Drain } from '../drain/drain.js';
import { messageHeaders } from '../publish/message-headers.js';
import { Progress } from '../settle/progress.js';
import { raceAbort } from '../timing/race-abort.js';
import { attempt } from './attempt.js';
import { CatchUp } from './catch-up.js';
import type { EventConsumption } from './consume-events.js';
import { pullMessages } from './pull-messages.js';
import { refuseMessage } from './refuse-message.js';
import { Room } from './room.js';
import { Serial } from './serial.js';
import { abortController } from '../timing/abort.js';

/** An event in progress, with the JetStream message that brought it, if one did. */
interface Work {
  readonly event: PositionedEvent;
  readonly key: string;
  readonly message: JsMsg | undefined;
}

/** A slow key lets the others run ahead of the checkpoint by this many events at most: what a crash would make handle again. */
const maxSpread = 8_192;
const prefetch = 256;

/** One stretch of being the active replica, from the checkpoint on. */
export class EventSession {
  readonly #work = new Map<Position, Work>();
  readonly #running = new Set<Promise<void>>();
  readonly #progress = new Progress();
  readonly #room: Room;
  /** Intake is one thing at a time, be it a message, a gap or the timer's check. */
  readonly #intake = new Serial();
  readonly #catchUp: CatchUp;
  readonly #over = abortController();

  constructor(
    private readonly consumption: EventConsumption,
    private readonly drain: Drain,
    private readonly lost: AbortSignal,
  ) {
    const { ledger, maxInProgress } = consumption;
    this.#room = new Room(() => this.#work.size >= maxInProgress || ledger.spread >= maxSpread);
    this.#catchUp = new CatchUp(consumption, (event) => this.#admit(event, undefined), lost);
  }

  get inProgress(): number {
    return this.#work.size;
  }

  async run(): Promise<void> {
    const { checkpoint, ledger, connection, durable, maxInProgress, saver } = this.consumption;
    try {
      ledger.resume(await raceAbort(checkpoint.load(), this.lost));
      const checking = this.#catchUp.keep(this.#intake);
      await pullMessages(
        {
          connection,
          spec: {
            stream: streamNames.events,
            durable,
            description: 'One purpose of one service; its service keeps the checkpoint',
            settled: { how: 'up-to' },
          },
          prefetch: Math.min(prefetch, maxInProgress),
          take: (message) => this.#take(message),
          onFault: this.#fault,
        },
        this.lost,
      );
      await checking;
    } finally {
      await this.#finish();
      // A store that hangs must not keep this replica from its next turn; what is not saved is handled again at worst.
      await raceAbort(saver.flush(), AbortSignal.timeout(1_000)).catch(() => undefined);
    }
  }

  /** Everything up to this position is handled, and saved as such. */
  settle(position: Position): void {
    this.#progress.settledUpTo(position);
  }

  async #take(message: JsMsg): Promise<void> {
    const passing = this.#positionOfPassing(message);
    if (passing !== undefined) return this.#intake.run(() => this.#comeTo(passing, message, () => this.#pass(passing)));
    let event: PositionedEvent;
    try {
      event = fromCloudEvent(message.json());
    } catch (error) {
      return refuseMessage(this.consumption, message, error, this.lost);
    }
    await this.#intake.run(() => this.#comeTo(event.position, message, () => this.#admit(event, message)));
  }

  /** Takes the message as brought, and first reads from the store whatever should have come before it. */
  async #comeTo(position: Position, message: JsMsg, admit: () => Promise<void>): Promise<void> {
    if (this.consumption.ledger.look(position) === 'gap') await this.#catchUp.upTo(position);
    await admit();
    this.#progress.delivered(position, message);
  }

  /** Of an event nobody here wants to read; undefined: it is to be read. */
  #positionOfPassing(message: JsMsg): Position | undefined {
    if (this.consumption.interest.inSubject(message.subject)) return undefined;
    const position = message.headers?.get(messageHeaders.position) ?? '';
    return /^[1-9]\d*$/.test(position) ? BigInt(position) : undefined;
  }

  async #pass(position: Position): Promise<void> {
    const { ledger, saver } = this.consumption;
    if (ledger.look(position) !== 'next') return;
    await this.#room.wait(this.lost);
    if (this.lost.aborted) return;
    ledger.admit(position);
    ledger.handled(position);
    saver.touch();
  }

  async #admit(event: PositionedEvent, message: JsMsg | undefined): Promise<void> {
    const { ledger, interest } = this.consumption;
    if (!interest.inType(event.type)) return this.#pass(event.position);
    if (ledger.look(event.position) !== 'next') return; // It has come before.
    await this.#room.wait(this.lost);
    if (this.lost.aborted) return;
    ledger.admit(event.position);
    this.#begin(event, message);
  }

  #begin(event: PositionedEvent, message: JsMsg | undefined): void {
    const work: Work = { event, key: this.#keyOf(event), message };
    this.#work.set(event.position, work);
    const running = this.consumption.lanes
      .run(work.key, () => this.#handle(work))
      .catch(this.#fault)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #keyOf(event: PositionedEvent): string {
    try {
      return this.consumption.key(event);
    } catch (error) {
      // Taken in is taken in: an event without a key would be neither handled nor delivered again.
      this.#fault(error);
      return event.streamId;
    }
  }

  async #handle(work: Work): Promise<void> {
    const { event, key } = work;
    const { ledger, saver, slots, retry, observe } = this.consumption;
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
        const code = errorCode(verdict.error);
        if (!(await this.#bury(work, verdict.attempts, code))) return;
        observe({ kind: 'dead-lettered', messageId: event.id, key, errorCode: code, error: verdict.error });
      }
    }
    ledger.handled(event.position);
    this.#work.delete(event.position);
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
      body: toPublishedEvent(event),
    };
    return keepDeadLetter(connection, letter, event.metadata.traceparent, this.lost, this.#fault);
  }

  async #finish(): Promise<void> {
    if (this.drain.stopping.aborted)
      await raceAbort(Promise.all(this.#running), this.drain.abandoning).catch(() => undefined);
    this.#over.abort();
  }

  readonly #fault = (error: unknown): void => this.consumption.observe({ kind: 'fault', error });
}
