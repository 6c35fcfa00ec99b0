import { describe, expect, it } from '@jest/globals';
import { eventIdOf, uuidV7 } from './event-ids.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([57])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('eventIdOf', () => {
  it('is a UUIDv5, the same every time: a frozen example', () => {
    expect(eventIdOf('cmd_1', 'job-1', 0)).toMatch(UUID);
    expect(eventIdOf('cmd_1', 'job-1', 0)).toBe('f3bed46f-8cae-5305-a40d-9ce7952cb0d3');
  });

  it('differs by command, stream and index', () => {
    const ids = [
      eventIdOf('a', 'b', 0),
      eventIdOf('a', 'b', 1),
      eventIdOf('a', 'c', 0),
      eventIdOf('c', 'b', 0),
      eventIdOf('a","b', '', 0),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('uuidV7', () => {
  it('carries its time in front, so later ids sort behind', () => {
    expect(uuidV7(0x0199c2f01234)).toMatch(/^0199c2f0-1234-7/);
    expect(uuidV7(1000) < uuidV7(1001)).toBe(true);
  });

  it('is unique within a millisecond', () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuidV7(1))).size).toBe(1000);
    expect(uuidV7()).toMatch(UUID);
  });
});
