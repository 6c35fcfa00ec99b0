import { describe, expect, it } from '@jest/globals';
import type { ExecutionEnding } from '@necrocode/domain';
import type { StopReport } from '@necrocode/process-tree';
import { idOf } from '@necrocode/service-kit';
import { createLogger } from '@necrocode/service-kit/process';
import { eventually } from '@necrocode/testing';
import { endingOf } from '../execution/endings.js';
import type { ExecutionFile } from '../execution/execution-file.js';
import { identity } from '../testing/runner-bench.js';
import { at, gone, stillThere, tree } from '../testing/unkillable.js';
import { isUnproven, ProveLater } from './prove-later.js';

const execution = identity(idOf('run', '00000000-0000-7000-8000-000000000001'));
const unproven: ExecutionFile = { execution, stop: null, tree, ending: endingOf(stillThere, 'runner-restarted', null) };
const ended = { ...unproven, ending: endingOf(gone, 'runner-restarted', null) };

function prover(...answers: StopReport[]) {
  const written: ExecutionFile[] = [];
  const told: ExecutionEnding[] = [];
  let asked = 0;
  const later = new ProveLater(
    { write: (file) => void written.push(file) },
    { endedAgain: (_, ending) => void told.push(ending) },
    createLogger('runner', 'silent'),
    () => ({ stop: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? gone) }),
  );
  return { later, written, told, asked: () => asked };
}

describe('an end that nobody has proven', () => {
  it('is one of a tree that was still there', () => {
    expect([unproven, ended, { ...unproven, tree: null }, { ...unproven, ending: null }].map(isUnproven)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('is looked for until nobody is left, then kept and told once more, with the signals of before', async () => {
    const { later, written, told, asked } = prover(stillThere, stillThere, gone);
    if (isUnproven(unproven)) later.begin(unproven);
    await eventually(() => expect(told).toHaveLength(1));
    expect(asked()).toBe(3);
    expect(told[0]).toMatchObject({
      reason: 'runner-restarted',
      evidence: { survivors: 0, provenGoneAt: at, assurance: 'swept', forced: true, passes: 2 },
    });
    expect(told[0]?.evidence.signals).toHaveLength(2);
    expect(written).toEqual([{ ...unproven, ending: told[0] }]);
  });

  it('is looked for once at a time', async () => {
    const { later, told, asked } = prover(stillThere, gone);
    if (isUnproven(unproven)) for (let times = 0; times < 3; times++) later.begin(unproven);
    await eventually(() => expect(told).toHaveLength(1));
    expect(asked()).toBe(2);
  });

  it('is left to the next agent when this one stops', async () => {
    const { later, told, asked } = prover(stillThere);
    if (isUnproven(unproven)) later.begin(unproven);
    later.stop();
    await eventually(() => expect(asked()).toBe(1));
    expect(told).toEqual([]);
  });
});
