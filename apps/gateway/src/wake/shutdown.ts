import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** Aborts when the gateway begins to stop, before its server closes: event streams and waits end by it. */
@Injectable()
export class Shutdown implements BeforeApplicationShutdown {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  beforeApplicationShutdown(): void {
    this.#controller.abort();
  }
}
