import { describe, expect, it } from '@jest/globals';
import { upcasterContract } from './contract/index.js';
import { UnknownSchemaVersion, Upcasters, upcastersFor } from './upcasters.js';

/** Version 2 split the name; version 3 gave the lease its unit. */
const upcasters = new Upcasters({
  RunnerRegistered: [
    (data) => {
      const { name, ...rest } = data as { name: string };
      const [host, pool] = name.split('/');
      return { ...rest, host, pool };
    },
    (data) => {
      const { lease, ...rest } = data as { lease: number };
      return { ...rest, leaseMs: lease * 1000 };
    },
  ],
});

upcasterContract(upcasters, new URL('../fixtures/', import.meta.url));

describe('Upcasters', () => {
  it('leaves a type that never changed alone', () => {
    const data = { a: 1 };
    expect(upcasters.currentVersion('JobSubmitted')).toBe(1);
    expect(upcasters.upcast('JobSubmitted', 1, data)).toBe(data);
  });

  it('is not misled by names every object has', () => {
    expect(upcasters.currentVersion('constructor')).toBe(1);
  });

  it('refuses a version from a newer release', () => {
    expect(() => upcasters.upcast('RunnerRegistered', 4, {})).toThrow(UnknownSchemaVersion);
    expect(() => upcasters.upcast('JobSubmitted', 2, {})).toThrow('JobSubmitted has schema version 2');
  });
});

describe('the upcasters of a registry', () => {
  const kinds = [
    { type: 'RunnerRegistered', schemaVersion: 3 },
    { type: 'JobSubmitted', schemaVersion: 1 },
  ];

  it('are those of its versions', () => {
    expect(upcastersFor(kinds, upcasters.steps).currentVersion('RunnerRegistered')).toBe(3);
  });

  it.each([
    ['one is missing', { RunnerRegistered: [(data: unknown) => data] }, 'RunnerRegistered is written in version 3'],
    ['all are missing', {}, 'its upcasters lead to 1'],
    ['they are of no event', { ...upcasters.steps, JobImagined: [] }, 'JobImagined, which is no event'],
  ])('are refused where %s', (_what, steps, message) => {
    expect(() => upcastersFor(kinds, steps)).toThrow(message);
  });
});
