import { type Deferred, deferred } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import { MessagingUnavailable } from './errors.js';
import { abortController } from '../timing/abort.js';

export type LinkState = 'connected' | 'disconnected' | 'closed';

/**
 * Whether the connection stands. Each stretch of being connected has an abort signal: the client library neither fails nor repeats a
 * request that was under way when the connection broke, it lets it time out, so whoever waits for one waits for this signal too.
 */
export class Link {
  #state: LinkState = 'connected';
  #stretch = abortController();
  #connected: Deferred<void> = deferred();
  readonly #observers = new Set<(state: LinkState) => void>();
  readonly #closed: Promise<void>;

  constructor(
    private readonly nats: NatsConnection,
    onState?: (state: LinkState) => void,
  ) {
    if (onState !== undefined) this.#observers.add(onState);
    this.#connected.resolve();
    this.#closed = this.#follow();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Aborted when the present stretch of being connected ends; aborted already when there is none. */
  get stretch(): AbortSignal {
    return this.#stretch.signal;
  }

  /** @returns how to stop observing */
  observe(observer: (state: LinkState) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Resolves as soon as the connection stands. @throws {MessagingUnavailable} when it was closed for good */
  whenConnected(): Promise<void> {
    return this.#connected;
  }

  async close(): Promise<void> {
    // A drain needs the server: it flushes. Without one there is nobody to flush to, and it would wait for the reconnect.
    if (this.#state === 'connected') await Promise.race([this.nats.drain(), this.#disconnected()]).catch(ignoreClosed);
    await this.nats.close();
    await this.#closed;
  }

  #disconnected(): Promise<void> {
    const { signal } = this.#stretch;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  async #follow(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') this.#down('disconnected');
      else if (status.type === 'reconnect') this.#up();
    }
    this.#down('closed');
  }

  #up(): void {
    if (this.#state === 'connected') return;
    this.#stretch = abortController();
    this.#enter('connected');
    this.#connected.resolve();
  }

  #down(state: 'disconnected' | 'closed'): void {
    if (this.#state === state) return;
    if (this.#state === 'connected') {
      this.#connected = deferred();
      // Without a waiter the rejection of a closed link would end the process as unhandled.
      this.#connected.catch(() => undefined);
    }
    this.#enter(state);
    const reason = new MessagingUnavailable(
      state === 'closed' ? 'the NATS connection is closed' : 'the NATS connection broke',
    );
    this.#stretch.abort(reason);
    if (state === 'closed') this.#connected.reject(reason);
  }

  #enter(state: LinkState): void {
    this.#state = state;
    for (const observer of this.#observers) observer(state);
  }
}

function ignoreClosed(): void {
  // Draining a connection that closes at the same moment: closed is what was wanted.
}
