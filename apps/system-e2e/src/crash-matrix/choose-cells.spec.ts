import { describe, expect, it } from '@jest/globals';
import { STEPS } from '@necrocode/domain';
import { VICTIMS } from '../faults/victims.js';
import { chooseCells } from './choose-cells.js';

describe('the cells of the crash matrix', () => {
  it.each(STEPS)('have every process killed before and after %s', (step) => {
    const cells = chooseCells({ step });
    for (const victim of VICTIMS) {
      for (const when of ['before', 'after']) {
        expect(cells).toContainEqual(expect.objectContaining({ victim, when }));
      }
    }
  });

  it('can be of one process', () => {
    expect(new Set(chooseCells({ only: 'postgresql' }).map(({ victim }) => victim))).toEqual(new Set(['postgresql']));
  });

  it('are refused for what is no process and no step', () => {
    expect(() => chooseCells({ only: 'gatewy' })).toThrow('--only must be one of gateway');
    expect(() => chooseCells({ step: 'verfy' })).toThrow('--step must be one of validate');
  });
});
