import type { CancellationEvent, StepName } from '@necrocode/domain';
import { conventional, own } from '../attributes.js';
import { span } from '../ended-span.js';
import { type RootContext, partContextOf } from '../root-context.js';
import type { Attributes, Span, SpanNote } from '../span.js';
import type { Told } from '../told.js';

type Events = readonly Told<CancellationEvent>[];

/** A span for each step that is done, with what failed and was tried again, and what it looked at, as its moments. */
export function stepSpans(events: Events, context: RootContext): readonly Span[] {
  return events.flatMap((end, index) => {
    if (end.event.type !== 'StepCompleted') return [];
    const { step, evidence, at } = end.event;
    const start = events.slice(0, index).findLast(({ event }) => event.type === 'StepStarted' && event.step === step);
    if (!start) return [];
    const during = events.slice(events.indexOf(start), index);
    const failures = during.filter(({ event }) => event.type === 'StepFailed' && event.step === step).length;
    return span({
      traceId: context.root.traceId,
      spanId: partContextOf(context, step).spanId,
      parentSpanId: context.root.spanId,
      name: step,
      startedAt: start.event.at,
      endedAt: at,
      recordedAt: end.recordedAt,
      attributes: { [own.step]: step, [own.attempts]: failures, ...evidenceOf(evidence) },
      notes: during.flatMap(({ event }) => noteOf(event, step)),
    });
  });
}

function evidenceOf(evidence: Readonly<Record<string, string | number>>): Attributes {
  return Object.fromEntries(
    Object.entries(evidence).map(([name, value]) => [`necrocode.evidence.${snake(name)}`, value]),
  );
}

function noteOf(event: CancellationEvent, step: StepName): readonly SpanNote[] {
  const { at } = event;
  switch (event.type) {
    case 'StepFailed': {
      if (event.step !== step) return [];
      const { code, message } = event.error;
      const attributes = { [conventional.exceptionType]: code, [conventional.exceptionMessage]: message };
      return [{ name: 'exception', at, attributes }];
    }
    case 'StepRetried':
      return event.step === step ? [{ name: 'retry', at, attributes: { [own.attempts]: event.attempt } }] : [];
    case 'VerificationPassed':
    case 'VerificationFailed': {
      if (step !== 'verify') return [];
      const { at: lookedAt, ...found } = event.pass;
      return [{ name: 'look', at: lookedAt, attributes: evidenceOf(found) }];
    }
    default:
      return [];
  }
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
