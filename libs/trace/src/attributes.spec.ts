import { describe, expect, it } from '@jest/globals';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { conventional, own } from './attributes.js';

describe('the names of attributes', () => {
  it('are those of the semantic conventions', () => {
    const official = new Set<unknown>(Object.values(conventions));
    expect(Object.values(conventional).filter((name) => !official.has(name))).toEqual([]);
  });

  it('are our own only where there is no convention', () => {
    expect(Object.values(own).filter((name) => !name.startsWith('necrocode.'))).toEqual([]);
  });
});
