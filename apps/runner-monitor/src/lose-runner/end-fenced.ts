import { stopRunnerReply } from '@necrocode/contracts';
import { stopsByRunner, type StopRequest } from '@necrocode/domain';
import type { ExecutionsInFlight } from '../in-flight/executions-in-flight.js';
import type { RunnerControl } from '../runner-control/runner-control.js';

/** What is fenced may have been given to another runner already: no grace. */
export const AT_ONCE: StopRequest = {
  cancellationId: null,
  signal: 'SIGTERM',
  signalTo: 'tree',
  gracePeriodMs: 0,
  force: true,
};

/**
 * Tells runners that are back to end what was fenced while they were away. They should have ended it by themselves; asking
 * again makes one that had not end it, and one that had report once more, so that fenced does not stay the last word.
 */
export class EndFenced {
  constructor(
    private readonly inFlight: ExecutionsInFlight,
    private readonly control: RunnerControl,
  ) {}

  async sweep(): Promise<void> {
    const fenced = await this.inFlight.findFencedInReach();
    const stops = stopsByRunner(fenced.map(({ execution }) => ({ execution, stop: AT_ONCE })));
    await Promise.all(
      [...stops].map(([runnerId, theirs]) => this.control.ask(runnerId, 'stop', { stops: theirs }, stopRunnerReply)),
    );
  }
}
