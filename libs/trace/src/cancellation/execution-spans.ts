import type { CancellationEvent, ExecutionEvent, SignalEvidence, TargetExecution } from '@necrocode/domain';
import { conventional, own } from '../attributes.js';
import { spanIdOf } from '../context/span-id.js';
import { span } from '../ended-span.js';
import { isLater } from '../instant.js';
import { linkTo } from '../links.js';
import { type RootContext, partContextOf } from '../root-context.js';
import type { Attributes, Span } from '../span.js';
import type { Told } from '../told.js';
import type { TraceSources } from '../trace-sources.js';
import { untilOutcome } from './segments.js';

type Terminated = Extract<CancellationEvent, { type: 'TerminationRecorded' }>;

interface Surroundings {
  readonly task: string | null;
  readonly executions: readonly Told<ExecutionEvent>[];
  /** What the cancellation knew already. */
  readonly before: readonly Told<CancellationEvent>[];
}

/**
 * For each execution the runner's work on it: from the stop that reached its record, or its first signal, until it was proven
 * gone, and a span for each signal below it. An end that was proven only later has a second span, of the proof.
 */
export function executionSpans(sources: TraceSources, context: RootContext): readonly Span[] {
  const { cancellation, executions } = sources;
  return cancellation.flatMap((terminated, index) => {
    if (terminated.event.type !== 'TerminationRecorded' || wasOver(terminated.event, sources)) return [];
    const told = { ...terminated, event: terminated.event };
    const task = taskKeyOf(untilOutcome(cancellation, index), told.event.execution.executionId);
    return spansOfOne(told, { task, executions, before: cancellation.slice(0, index) }, context);
  });
}

/** Another cancellation had ended it before this one was asked for: that is told in the other's trace. */
function wasOver({ ending }: Terminated, { cancellationId, cancellation }: TraceSources): boolean {
  const { provenGoneAt } = ending.evidence;
  const requested = cancellation[0]?.event;
  if (requested?.type !== 'CancellationRequested' || provenGoneAt === null) return false;
  return ending.cancellationId !== cancellationId && isLater(requested.requestedAt, provenGoneAt);
}

function spansOfOne(
  { id, recordedAt, event }: Told<Terminated>,
  { task, executions, before }: Surroundings,
  context: RootContext,
): readonly Span[] {
  const { execution, ending, at } = event;
  const { executionId, runnerId } = execution;
  const { traceId } = context.root;
  const told = new Set(before.flatMap((earlier) => signalsIn(earlier.event, executionId)));
  const signals = ending.evidence.signals.filter((sent) => !told.has(keyOf(sent)));
  const story = executions.filter(({ event: each }) => isOf(each, executionId));
  const common = { traceId, recordedAt, service: 'runner', instance: runnerId } as const;
  const endedAt = ending.evidence.provenGoneAt ?? at;
  const spanId = spanIdOf(id);
  return [
    span({
      ...common,
      spanId,
      parentSpanId: partContextOf(context, 'terminate').spanId,
      name: 'end execution',
      startedAt: startOf(story, signals) ?? endedAt,
      endedAt,
      error: ending.evidence.provenGoneAt === null ? 'unconfirmed' : null,
      attributes: attributesOf(event, task),
      links: startedIn(story, traceId),
    }),
    ...signals.map((sent, index) =>
      span({
        ...common,
        spanId: spanIdOf(id, keyOf(sent)),
        parentSpanId: spanId,
        name: `signal ${sent.signal}`,
        startedAt: sent.at,
        // It works until the next one is sent, or nobody is left.
        endedAt: signals[index + 1]?.at ?? endedAt,
        attributes: signalAttributes(sent),
      }),
    ),
  ];
}

function attributesOf({ execution, ending }: Terminated, task: string | null): Attributes {
  const { containment, assurance, forced, peakProcesses, survivors } = ending.evidence;
  const { code, signal } = ending.exit;
  return {
    [own.executionId]: execution.executionId,
    [own.taskId]: execution.taskId,
    ...(task === null ? {} : { [own.task]: task }),
    [own.runnerId]: execution.runnerId,
    [own.containment]: containment,
    [own.assurance]: assurance,
    [own.forced]: forced,
    [own.peakProcesses]: peakProcesses,
    [own.survivors]: survivors,
    [own.neverStarted]: !ending.started,
    ...(code === null ? {} : { [conventional.processExitCode]: code }),
    ...(signal === null ? {} : { [own.exitSignal]: signal }),
  };
}

function signalAttributes({ signal, processes, answer }: SignalEvidence): Attributes {
  return { [own.signal]: signal, [own.signalProcesses]: processes, [own.signalAnswer]: answer };
}

function startOf(story: readonly Told<ExecutionEvent>[], signals: readonly SignalEvidence[]): string | null {
  const asked = story.find(({ event }) => event.type === 'ExecutionStopRequested')?.event.at;
  const first = signals[0]?.at;
  // The signal goes out before the request is on record.
  if (asked === undefined || first === undefined) return asked ?? first ?? null;
  return isLater(asked, first) ? first : asked;
}

function startedIn(story: readonly Told<ExecutionEvent>[], traceId: string): Span['links'] {
  const started = story.find(({ event }) => event.type === 'ExecutionStarted');
  return started ? linkTo(started.traceparent, traceId, { [own.relation]: 'started-in' }) : [];
}

function isOf(event: ExecutionEvent, executionId: string): boolean {
  return ('execution' in event ? event.execution.executionId : event.executionId) === executionId;
}

function taskKeyOf(events: readonly Told<CancellationEvent>[], executionId: string): string | null {
  const planned = events.flatMap(({ event }): readonly TargetExecution[] => {
    if (event.type === 'CancellationPlanned') return event.plan.executions;
    return event.type === 'FinalizersRecorded' ? event.executions : [];
  });
  return planned.find(({ execution }) => execution.executionId === executionId)?.taskKey ?? null;
}

function signalsIn(event: CancellationEvent, executionId: string): readonly string[] {
  const mine = event.type === 'TerminationRecorded' && event.execution.executionId === executionId;
  return mine ? event.ending.evidence.signals.map(keyOf) : [];
}

function keyOf({ signal, at }: SignalEvidence): string {
  return `${signal} ${at}`;
}
