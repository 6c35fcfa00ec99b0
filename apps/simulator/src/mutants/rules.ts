import {
  bulkDecider,
  cancellationDecider,
  cleanupDecider,
  dispatchedJobDecider,
  executionDecider,
  runnerDecider,
  slotPoolDecider,
} from '@necrocode/domain';

/** The deciders the services of a history decide by. */
export interface Rules {
  readonly job: typeof dispatchedJobDecider;
  readonly slotPool: typeof slotPoolDecider;
  readonly execution: typeof executionDecider;
  readonly runner: typeof runnerDecider;
  readonly cancellation: typeof cancellationDecider;
  readonly cleanup: typeof cleanupDecider;
  readonly bulk: typeof bulkDecider;
}

/** Those of the product. */
export const realRules: Rules = {
  job: dispatchedJobDecider,
  slotPool: slotPoolDecider,
  execution: executionDecider,
  runner: runnerDecider,
  cancellation: cancellationDecider,
  cleanup: cleanupDecider,
  bulk: bulkDecider,
};
