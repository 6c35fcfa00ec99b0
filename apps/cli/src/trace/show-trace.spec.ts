import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { OtlpSpan, OtlpTrace } from '@necrocode/contracts';
import { showTrace } from './show-trace.js';
import { spansOf } from './spans-of.js';

const start = 1_767_225_600_000_000_000n;
const traceId = 'ab'.repeat(16);
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

interface Brief {
  readonly below?: string;
  readonly from: number;
  readonly tookMs: number;
  readonly attributes?: OtlpSpan['attributes'];
  readonly events?: OtlpSpan['events'];
  readonly links?: OtlpSpan['links'];
}

const span = (name: string, { below, from, tookMs, attributes = [], events = [], links = [] }: Brief): OtlpSpan => ({
  traceId,
  spanId: name.padEnd(16, '0'),
  ...(below === undefined ? {} : { parentSpanId: below.padEnd(16, '0') }),
  name,
  kind: 1,
  startTimeUnixNano: String(start + BigInt(from * 1e6)),
  endTimeUnixNano: String(start + BigInt((from + tookMs) * 1e6)),
  attributes,
  events,
  links,
  status: { code: 0 },
});
const resource = (service: string, ...spans: OtlpSpan[]): OtlpTrace['resourceSpans'][number] => ({
  resource: { attributes: [text('service.name', service)] },
  scopeSpans: [{ scope: { name: 'necrocode' }, spans }],
});
/** Without its colours: a machine that runs CI has them on. */
const shown = (...resourceSpans: OtlpTrace['resourceSpans']): string =>
  stripVTControlCharacters(showTrace(spansOf({ resourceSpans }), 80));

describe('a trace in the terminal', () => {
  it('is a tree in the order of time, across services, with what each took', () => {
    const runner = resource(
      'runner',
      span('signal SIGTERM', {
        below: 'end',
        from: 2.5,
        tookMs: 6,
        attributes: [text('necrocode.signal.processes', '3')],
      }),
      span('end', { below: 'cancel job', from: 2, tookMs: 7, attributes: [text('necrocode.task.key', 'train')] }),
    );
    const saga = resource(
      'cancellation-service',
      span('verify', { below: 'cancel job', from: 10, tookMs: 1.25 }),
      span('cancel job', { from: 0, tookMs: 12 }),
    );
    expect(shown(runner, saga).split('\n')).toEqual([
      `trace ${traceId}  4 spans, 12.0 ms`,
      '    BEGAN       TOOK  SPAN',
      '   0.0 ms    12.0 ms  cancel job               cancellation-service',
      '   2.0 ms     7.0 ms  ├─ end train             runner              ',
      '   2.5 ms     6.0 ms  │  └─ signal SIGTERM ×3  runner              ',
      '  10.0 ms     1.3 ms  └─ verify                cancellation-service',
    ]);
  });

  it('says what failed in a span, and which other traces it has to do with', () => {
    const attributes = [text('exception.type', 'cleanup-failed'), text('exception.message', '1 files left\u001b[2J')];
    const events = [{ name: 'exception', timeUnixNano: String(start), attributes }];
    const links = [
      { traceId: 'cd'.repeat(16), spanId: 'ef'.repeat(8), attributes: [text('necrocode.link', 'submitted-in')] },
    ];
    const trace = shown(resource('cancellation-service', span('clean', { from: 0, tookMs: 1, events, links })));
    expect(trace).toContain('! cleanup-failed: 1 files left');
    expect(trace).not.toContain('\u001b[2J');
    expect(trace).toContain(`→ submitted-in trace ${'cd'.repeat(16)}`);
  });

  it('puts a span on top whose parent is not there', () => {
    expect(shown(resource('runner', span('verify', { below: 'nobody', from: 0, tookMs: 1 })))).toContain('ms  verify');
  });
});
