import { Injectable } from '@nestjs/common';
import type { CancellationResource } from '@necrocode/contracts';
import type { CancellationId } from '@necrocode/domain';
import { CancellationReader } from '../show-cancellation/cancellation-reader.js';
import { Shutdown } from '../wake/shutdown.js';
import { EventBell } from '../wake/event-bell.js';

/** The bell may miss a ring; this is how late a lost one is noticed. */
const LOOK_EVERY_MS = 1_000;

@Injectable()
export class AwaitOutcome {
  constructor(
    private readonly cancellations: CancellationReader,
    private readonly bell: EventBell,
    private readonly shutdown: Shutdown,
  ) {}

  /** The cancellation as soon as it has an outcome of any kind; as it stands when `ms` have passed or the gateway stops. */
  within(cancellationId: CancellationId, ms: number): Promise<CancellationResource> {
    return this.until(cancellationId, ms, () => this.cancellations.show(cancellationId));
  }

  /** As `within`, however the cancellation is shown. */
  async until<Resource extends { readonly endedAt: string | null }>(
    cancellationId: CancellationId,
    ms: number,
    show: () => Promise<Resource>,
  ): Promise<Resource> {
    const deadline = performance.now() + ms;
    const listener = this.bell.listenTo(`cancellation-${cancellationId}`);
    try {
      for (;;) {
        const cancellation = await show();
        const leftMs = deadline - performance.now();
        if (cancellation.endedAt !== null || leftMs <= 0 || this.shutdown.signal.aborted) return cancellation;
        await listener.wait(Math.min(leftMs, LOOK_EVERY_MS), this.shutdown.signal);
      }
    } finally {
      listener.close();
    }
  }
}
