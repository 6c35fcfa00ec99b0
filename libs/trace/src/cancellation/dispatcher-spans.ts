import type { JobEvent, StepName } from '@necrocode/domain';
import { own } from '../attributes.js';
import { spanIdOf } from '../context/span-id.js';
import { span } from '../ended-span.js';
import { type RootContext, partContextOf } from '../root-context.js';
import type { Attributes, Span } from '../span.js';
import type { TraceSources } from '../trace-sources.js';

interface Work {
  readonly step: StepName;
  readonly name: string;
  readonly attributes: Attributes;
}

/** What the dispatcher did to the job for this cancellation: from its decision until that was stored. */
export function dispatcherSpans({ cancellationId, job }: TraceSources, context: RootContext): readonly Span[] {
  return job.flatMap(({ id, recordedAt, event }) => {
    const work = 'cancellationId' in event && event.cancellationId === cancellationId ? workOf(event) : null;
    if (!work) return [];
    const { step, ...rest } = work;
    return span({
      ...rest,
      traceId: context.root.traceId,
      spanId: spanIdOf(id),
      parentSpanId: partContextOf(context, step).spanId,
      service: 'dispatcher',
      startedAt: event.at,
      endedAt: recordedAt,
      recordedAt,
    });
  });
}

function workOf(event: JobEvent): Work | null {
  switch (event.type) {
    case 'DispatchBlocked':
      return { step: 'block-dispatch', name: 'block dispatch', attributes: { [own.tasks]: event.taskIds.length } };
    case 'TaskCancelled': {
      const { taskId, neverStarted } = event;
      const step = neverStarted ? 'dequeue' : 'settle-states';
      return { step, name: 'cancel task', attributes: { [own.taskId]: taskId, [own.neverStarted]: neverStarted } };
    }
    case 'JobCancelled':
      return { step: 'settle-states', name: 'settle job', attributes: { [own.neverStarted]: event.neverStarted } };
    default:
      return null;
  }
}
