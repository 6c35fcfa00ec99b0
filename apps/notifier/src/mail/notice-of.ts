import { z } from 'zod';

/** Something a person should know of. */
export interface Notice {
  readonly kind: NoticeKind;
  /** One line: ids and codes, nothing a user wrote. */
  readonly what: string;
  readonly at: string;
}

export const NOTICE_KINDS = {
  unconfirmed: { one: 'cancellation unconfirmed', many: 'cancellations unconfirmed' },
  partial: { one: 'cancellation left partial', many: 'cancellations left partial' },
  'runner-quarantined': { one: 'runner quarantined', many: 'runners quarantined' },
  'cleanup-failing': { one: 'cleanup failing', many: 'cleanups failing' },
  'webhook-disabled': { one: 'webhook disabled', many: 'webhooks disabled' },
} as const;
export type NoticeKind = keyof typeof NOTICE_KINDS;

interface Happened {
  readonly type: string;
  readonly data: unknown;
  readonly streamId: string;
  readonly recordedAt: string;
}

/** The first attempts of a cleanup fail for passing reasons and are made again within seconds. */
const ATTEMPT_THAT_COUNTS = 3;

const left = z.object({
  certificate: z.object({
    outcome: z.string(),
    left: z.array(z.object({ step: z.string(), code: z.string() })).default([]),
  }),
});
const quarantined = z.object({ executionId: z.string(), survivors: z.number() });
const cleanupFailed = z.object({ attempt: z.number(), error: z.object({ code: z.string() }) });

/** What of an event is a failure to be told; null for all that is not. */
export function noticeOf({ type, data, streamId, recordedAt: at }: Happened): Notice | null {
  switch (type) {
    case 'CancellationLeftPartial':
    case 'CancellationLeftUnconfirmed':
    case 'BulkConcluded':
      return leftOpen(left.safeParse(data).data, streamId, at);
    case 'RunnerQuarantined': {
      const { executionId, survivors } = quarantined.safeParse(data).data ?? {};
      const what = `${streamId}: ${survivors ?? 'some'} processes of ${executionId ?? 'an execution'} cannot be killed`;
      return { kind: 'runner-quarantined', what, at };
    }
    case 'CleanupFailed': {
      const { attempt, error } = cleanupFailed.safeParse(data).data ?? {};
      if (attempt !== ATTEMPT_THAT_COUNTS) return null;
      return { kind: 'cleanup-failing', what: `${streamId}: ${error?.code ?? 'unknown'}, tried ${attempt} times`, at };
    }
    default:
      return null;
  }
}

function leftOpen(found: z.infer<typeof left> | undefined, streamId: string, at: string): Notice | null {
  const { outcome, left: open = [] } = found?.certificate ?? {};
  if (outcome !== 'partial' && outcome !== 'unconfirmed') return null;
  const steps = open.map(({ step, code }) => `${step} (${code})`).join(', ');
  return { kind: outcome, what: steps === '' ? streamId : `${streamId}: ${steps}`, at };
}
