import { describe, expect, it } from '@jest/globals';
import { newTrace } from './context/traceparent.js';
import { recordedWithin } from './in-order.js';
import type { Span } from './span.js';
import {
  afterAnother,
  at,
  byForce,
  caller,
  smooth,
  sourcesOf,
  type Story,
  submitter,
  tellStory,
  unconfirmedFirst,
  withJoin,
  withRetry,
} from './spec/story.js';
import { traceOf } from './trace-of.js';

const traceOfStory = (story: Story, context = caller): readonly Span[] => traceOf(sourcesOf(tellStory(story, context)));
const named = (spans: readonly Span[], name: string): Span => {
  const [span, ...others] = spans.filter((each) => each.name === name);
  if (!span || others.length > 0) throw new Error(`there are ${others.length + (span ? 1 : 0)} spans ${name}`);
  return span;
};

/** Every span as `parent > name`. */
const tree = (spans: readonly Span[]): readonly string[] =>
  spans.map(
    ({ name, parentSpanId }) => `${spans.find(({ spanId }) => spanId === parentSpanId)?.name ?? '-'} > ${name}`,
  );

describe('the trace of a cancellation', () => {
  it('is one tree through the services: a span for each step, execution and signal below `cancel job`', () => {
    const spans = traceOfStory(smooth);
    expect(tree(spans).toSorted()).toEqual(
      [
        '- > cancel job',
        ...['validate', 'block-dispatch', 'plan', 'dequeue', 'terminate'].map((step) => `cancel job > ${step}`),
        ...['settle-states', 'release', 'clean', 'verify', 'certify'].map((step) => `cancel job > ${step}`),
        'block-dispatch > block dispatch',
        'terminate > end execution',
        'end execution > signal SIGTERM',
        'clean > clean files',
      ].toSorted(),
    );
    expect(new Set(spans.map(({ service }) => service))).toEqual(
      new Set(['cancellation-service', 'dispatcher', 'runner', 'artifact-cleaner']),
    );
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([caller.traceId]));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  });

  it('has nothing of what another cancellation had ended before', () => {
    const spans = traceOfStory(afterAnother);
    expect(spans.map(({ name }) => name)).not.toContain('end execution');
    expect(spans.filter(({ startedAt }) => startedAt < at(0))).toEqual([]);
  });

  it('begins with the request, below the span it was asked for in', () => {
    const root = named(traceOfStory(smooth), 'cancel job');
    expect(root).toMatchObject({ parentSpanId: caller.spanId, startedAt: at(0), endedAt: at(2_016), error: null });
    expect(root.attributes).toMatchObject({
      'necrocode.cancellation.outcome': 'completed',
      'necrocode.cancellation.scope': 'job',
      'enduser.id': 'user:ada',
    });
  });

  it('is a tree with one root when nobody recorded the request', () => {
    const roots = traceOfStory(smooth, newTrace()).filter(({ parentSpanId }) => parentSpanId === null);
    expect(roots.map(({ name }) => name)).toEqual(['cancel job']);
  });

  it('holds no text that a person wrote', () => {
    expect(JSON.stringify(traceOfStory(smooth))).not.toContain('not for any trace');
  });

  it('lets a signal work until the next one, or until nobody is left', () => {
    const spans = traceOfStory(byForce);
    expect(named(spans, 'signal SIGTERM')).toMatchObject({ startedAt: at(3), endedAt: at(1_003), service: 'runner' });
    expect(named(spans, 'signal SIGKILL')).toMatchObject({
      startedAt: at(1_003),
      endedAt: at(1_009),
      instance: 'run_1',
    });
    expect(named(spans, 'end execution').attributes).toMatchObject({
      'necrocode.execution.forced': true,
      'necrocode.task.key': 'train',
    });
  });

  it('gives a step that failed and was driven again one span, with what failed', () => {
    const clean = named(traceOfStory(withRetry), 'clean');
    expect(clean.attributes['necrocode.step.failures']).toBe(1);
    expect(clean.notes).toContainEqual({
      name: 'exception',
      at: at(2_000),
      attributes: { 'exception.type': 'cleanup-failed', 'exception.message': '1 files left' },
    });
  });

  it('links to the traces in which the job was submitted and started, and in which others joined', () => {
    const spans = traceOfStory(withJoin);
    const { traceId, spanId } = submitter;
    const relations = (span: Span): unknown => span.links.map((link) => link.attributes['necrocode.link']);
    expect(relations(named(spans, 'cancel job'))).toEqual(['submitted-in', 'joined-from']);
    expect(relations(named(spans, 'end execution'))).toEqual(['started-in']);
    expect(named(spans, 'cancel job').links[0]).toMatchObject({ traceId, spanId });
  });

  it('ends its root with an interim outcome, and goes on in a span below it', () => {
    const spans = traceOfStory(unconfirmedFirst);
    const root = named(spans, 'cancel job');
    expect(root).toMatchObject({ error: 'unconfirmed', endedAt: at(1_500) });
    expect(named(spans, 'drive on')).toMatchObject({ parentSpanId: root.spanId, error: null, endedAt: at(2_016) });
  });
});

describe('a span that has ended', () => {
  const stories = { smooth, afterAnother, byForce, withRetry, withJoin, unconfirmedFirst };
  it.each(Object.entries(stories))('never changes, whatever is stored after it: %s', (_, story) => {
    const told = tellStory(story);
    const whole = new Map(traceOf(sourcesOf(told)).map((span) => [span.spanId, span]));
    for (let length = 1; length < told.length; length++) {
      for (const span of traceOf(sourcesOf(told.slice(0, length)))) expect(whole.get(span.spanId)).toEqual(span);
    }
  });

  it.each(Object.entries(stories))('is due with exactly one outcome: %s', (_, story) => {
    const told = tellStory(story);
    const outcomes = told.flatMap(({ event, recordedAt }) => ('certificate' in event ? [recordedAt] : []));
    const spans = traceOf(sourcesOf(told));
    const due = outcomes.flatMap((until, nth) => recordedWithin(spans, outcomes[nth - 1] ?? null, until));
    expect(due.map(({ spanId }) => spanId).toSorted()).toEqual(spans.map(({ spanId }) => spanId).toSorted());
  });
});
