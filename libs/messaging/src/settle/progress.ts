import type { Position } from '@necrocode/event-store';
import type { JsMsg } from '@nats-io/jetstream';

/**
 * Tells the server how far its consumer has got: one word for everything up to a message. It only keeps the server from
 * repeating itself and shows the lag to NATS' own tools; a word that is lost is made good by the next.
 */
export class Progress {
  readonly #delivered: { readonly position: Position; readonly message: Pick<JsMsg, 'ack'> }[] = [];
  #settledUpTo: Position = 0n;
  #late: NodeJS.Immediate | undefined;

  /** In the order in which they were brought. */
  delivered(position: Position, message: Pick<JsMsg, 'ack'>): void {
    this.#delivered.push({ position, message });
    // It brings what was read from the store already, perhaps with many others.
    if (position > this.#settledUpTo || this.#late !== undefined) return;
    this.#late = setImmediate(() => this.settledUpTo(this.#settledUpTo));
  }

  settledUpTo(position: Position): void {
    this.#settledUpTo = position;
    this.#late = undefined;
    const open = this.#delivered.findIndex((delivered) => delivered.position > position);
    const done = this.#delivered.splice(0, open === -1 ? this.#delivered.length : open);
    try {
      done.at(-1)?.message.ack();
    } catch {
      // Writing to a closed connection throws.
    }
  }
}
