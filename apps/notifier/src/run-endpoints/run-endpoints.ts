import { parseEventSubject, streamSubjects } from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import type { MessagingConnection } from '@necrocode/messaging';
import { Endpoint, type EndpointTools } from './endpoint.js';
import { Waker } from './waker.js';

/** How late another replica's new endpoint is noticed. */
const LOOK_EVERY_MS = 2_000;

/** Keeps a loop for each enabled endpoint. Any number of replicas may: they share deliveries row by row. */
export class RunEndpoints {
  readonly #running = new Map<WebhookId, { readonly endpoint: Endpoint; readonly done: Promise<void> }>();
  readonly #stopping = new AbortController();
  readonly #waker = new Waker();
  #loop: Promise<void> = Promise.resolve();
  #unsubscribe: () => void = () => undefined;
  #prunedAt = 0;

  /** @param keepSettledMs how long settled deliveries are kept */
  constructor(
    private readonly messaging: MessagingConnection,
    private readonly tools: EndpointTools,
    private readonly keepSettledMs: number,
  ) {}

  /** Messages only say that there is something: what was missed is found in the store. */
  start(): void {
    const subscription = this.messaging.nats.subscribe(streamSubjects.events, {
      callback: (error, { subject }) => {
        const about = error === null ? parseEventSubject(subject) : undefined;
        if (about) for (const { endpoint } of this.#running.values()) endpoint.hear(about.aggregate, about.event);
      },
    });
    this.#unsubscribe = () => subscription.unsubscribe();
    this.#loop = this.run();
  }

  /** Looks again at once: an endpoint was added, changed or sent back. */
  nudge(id: WebhookId): void {
    this.#running.get(id)?.endpoint.wake();
    this.#waker.wake();
  }

  /** Ends what is being sent; it is sent again by whoever comes next. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (!this.messaging.nats.isClosed()) this.#unsubscribe();
    await this.#loop;
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  private async run(): Promise<void> {
    const { signal } = this.#stopping;
    let isFailing = false;
    while (!signal.aborted) {
      this.#waker.clear();
      try {
        for (const id of await this.tools.webhooks.enabledIds()) this.serve(id, signal);
        await this.prune();
        isFailing = false;
      } catch (error) {
        if (!isFailing) this.tools.logger.warn({ err: error }, 'the webhooks cannot be read; trying on');
        isFailing = true;
      }
      await this.#waker.wait(LOOK_EVERY_MS, signal);
    }
  }

  private serve(id: WebhookId, signal: AbortSignal): void {
    if (this.#running.has(id)) return;
    const endpoint = new Endpoint(id, this.tools);
    const done = endpoint.run(signal).finally(() => this.#running.delete(id));
    this.#running.set(id, { endpoint, done });
  }

  private async prune(): Promise<void> {
    if (Date.now() - this.#prunedAt < 600_000) return;
    await this.tools.deliveries.prune(this.keepSettledMs);
    this.#prunedAt = Date.now();
  }
}
