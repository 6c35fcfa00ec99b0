import { describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import type { FollowedOutput } from '../read-logs/follow-output.js';
import { OutputLines } from './output-lines.js';
import { parseResumePoint } from './resume-point.js';

const [train, report] = [newId('exe'), newId('exe')];
const jobId = newId('job');

type Written = readonly [executionId: typeof train, stream: 'stdout' | 'stderr', text: string];

/** As the platform's stream holds it; places have gaps, for other jobs write too. */
function outputOf(written: readonly Written[], certain = Infinity): readonly FollowedOutput[] {
  const counts = new Map<string, number>();
  return written.map(([executionId, stream, text], index) => {
    const sequence = (counts.get(executionId) ?? 0) + 1;
    counts.set(executionId, sequence);
    const place = 10 * (index + 1);
    const chunk = { executionId, jobId, taskKey: 'x', stream, sequence, text, at: '2026-01-01T00:00:00.000Z' };
    return { sequence: place, resumeAt: Math.min(place, certain), chunk };
  });
}

function read(output: readonly FollowedOutput[], lastEventId = '') {
  const from = parseResumePoint(lastEventId);
  const lines = new OutputLines(from);
  const ahead = output.filter(({ sequence }) => sequence > from.after);
  const taken = [...ahead.flatMap((chunk) => [...lines.take(chunk)]), ...lines.rest()];
  return { texts: taken.map(({ text }) => text), ids: taken.map(({ id }) => id ?? ''), endId: lines.endId };
}

const mixed: readonly Written[] = [
  [train, 'stdout', 'a1\na2\nbeg'],
  [train, 'stderr', 'warn\n'],
  [report, 'stdout', 'r1\nr2\nr3\n'],
  [train, 'stdout', 'un'],
  [report, 'stderr', 'half'],
  [train, 'stdout', '\n\nlast'],
  [report, 'stdout', 'r4\r\n'],
];
const whole = ['a1', 'a2', 'warn', 'r1', 'r2', 'r3', 'begun', '', 'r4', 'last', 'half'];

describe('lines', () => {
  it('are put together from chunks, each pipe of each execution for itself', () => {
    expect(read(outputOf(mixed)).texts).toEqual(whole);
  });

  it.each([Infinity, 35, 0])(
    'come neither twice nor not at all wherever the stream broke, with reading certain up to %p',
    (certain) => {
      const output = outputOf(mixed, certain);
      read(output).ids.forEach((id, index) => {
        expect([id, ...read(output, id).texts]).toEqual([id, ...whole.slice(index + 1)]);
      });
    },
  );

  it('come neither twice nor not at all though it breaks again and again', () => {
    const output = outputOf(mixed, 35);
    const seen: string[] = [];
    for (let id: string | undefined = ''; seen.length < whole.length;) {
      const { texts, ids } = read(output, id);
      seen.push(texts[0] ?? 'nothing');
      id = ids[0];
    }
    expect(seen).toEqual(whole);
  });

  it('have ids that stay short once everything before is certain', () => {
    const { ids } = read(outputOf([[train, 'stdout', 'one\ntwo\n']]));
    expect(ids).toEqual([`9,${train}.1.0`, '10']);
  });

  it('without end are cut, and are not sent again', () => {
    const output = outputOf([
      [train, 'stdout', 'x'.repeat(70_000)],
      [train, 'stdout', 'rest\n'],
    ]);
    const { texts, ids } = read(output);
    expect(texts).toEqual(['x'.repeat(70_000), 'rest']);
    expect(read(output, ids[0]).texts).toEqual(['rest']);
  });

  it('have no id of their own where it would name too many executions', () => {
    const many = Array.from({ length: 80 }, (): Written => [newId('exe'), 'stdout', 'x\n']);
    const { ids } = read(outputOf(many, 0));
    expect(ids[63]).not.toBe('');
    expect(ids[64]).toBe('');
  });
});

describe('the point to resume at', () => {
  it('of the end says that it is the end', () => {
    const { endId } = read(outputOf(mixed));
    expect(parseResumePoint(endId)).toEqual({ after: 70, sent: new Map(), isEnd: true });
  });

  it.each(['x', '-1', '1,', '1,exe_1.2', `1,${train}.1`, '1,end,end', ['1', '2']])('is not %p', (header) => {
    expect(() => parseResumePoint(header)).toThrow('validation-failed');
  });
});
