import { describe, expect, it } from '@jest/globals';
import { parseSince } from './parse-since.js';

const now = Date.parse('2026-11-22T10:00:00.000Z');

describe('the place a replay begins', () => {
  it.each([
    ['1024', { position: '1024' }],
    ['2026-11-22T09:00:00Z', { time: '2026-11-22T09:00:00.000Z' }],
    ['2026-11-22T11:00:00+02:00', { time: '2026-11-22T09:00:00.000Z' }],
    ['90m', { time: '2026-11-22T08:30:00.000Z' }],
    ['0', null],
    ['-1', null],
    ['yesterday', null],
    ['2026-13-40T00:00:00Z', null],
  ])('%s', (text, place) => expect(parseSince(text, now)).toEqual(place));
});
