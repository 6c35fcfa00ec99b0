import { describe, expect, it } from '@jest/globals';
import { parseReportSubject, subjects, subjectToken } from './subjects.js';

describe('a subject token', () => {
  it.each(['a.b', 'a b', '*', '>', 'a*', 'ü', "it's", '~(x)!'])(
    '%p becomes plain letters, digits and percent signs',
    (value) => {
      const token = subjectToken(value);
      expect(token).toMatch(/^[A-Za-z0-9_%-]+$/);
      expect(decodeURIComponent(token)).toBe(value);
    },
  );

  it('cannot be empty', () => {
    expect(() => subjectToken('')).toThrow(RangeError);
  });
});

describe('a report subject', () => {
  it('comes back as its parts', () => {
    const address = { runnerId: 'run.1', executionId: 'exe_2', kind: 'ended' };
    expect(parseReportSubject(subjects.report(address.runnerId, address.executionId, address.kind))).toEqual(address);
  });

  it.each([
    'necrocode.reports.a.b',
    'necrocode.reports.a.b.c.d',
    'necrocode.output.a.b.c',
    'x.reports.a.b.c',
    'necrocode.reports.a..c',
  ])('%s is none', (subject) => {
    expect(parseReportSubject(subject)).toBeUndefined();
  });
});
