import { describe, expect, it } from '@jest/globals';
import type { RecordedTree } from '@necrocode/process-tree';
import { idOf } from '@necrocode/service-kit';
import { createLogger } from '@necrocode/service-kit/process';
import { eventually } from '@necrocode/testing';
import { identity, plainStop } from '../testing/runner-bench.js';
import { at, gone, stillThere, tree as record } from '../testing/unkillable.js';
import { AdoptedExecution } from './adopted-execution.js';

const execution = identity(idOf('run', '00000000-0000-7000-8000-000000000001'));

describe('an adopted execution whose processes survive SIGKILL', () => {
  it('says so at once, in its log as well, and ends when they are gone', async () => {
    const lines: string[] = [];
    const told: string[] = [];
    let dies: () => void = () => undefined;
    let isThere = true;
    const tree: RecordedTree = {
      record,
      members: () => [],
      usage: () => ({ processes: 1, cpuMs: 0, rssBytes: 0, sampledAt: at }),
      isLed: () => isThere,
      freeze: () => Promise.resolve(true),
      thaw: () => undefined,
      stop: () => Promise.resolve(stillThere),
      gone: new Promise((resolve) => (dies = () => resolve(gone))),
    };
    const adopted = new AdoptedExecution(
      { execution, stop: null, tree: record, ending: null, resume: { taskKey: 'a', timeout: null } },
      tree,
      {
        files: { write: () => undefined },
        reports: {
          signalled: () => undefined,
          frozen: () => undefined,
          thawed: () => undefined,
          survived: (_, survivors) => void told.push(`survived ${survivors}`),
          ended: () => void told.push('ended'),
        },
        output: { follow: () => undefined, end: () => Promise.resolve() },
        logger: createLogger('runner', 'error', { write: (line: string) => void lines.push(line) }),
      },
    );
    adopted.stop({ ...plainStop, force: true }, 'stopped');
    await eventually(() => expect(told).toEqual(['survived 1']));
    expect(lines.join('')).toContain('processes survive SIGKILL');
    isThere = false;
    dies();
    expect(await adopted.ended).toMatchObject({ reason: 'stopped', evidence: { survivors: 0 } });
    expect(told).toEqual(['survived 1', 'ended']);
  });
});
