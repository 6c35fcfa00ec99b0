import { type StepName, STEPS } from '@necrocode/domain';
import { type Victim, VICTIMS } from '../faults/victims.js';
import { MOMENTS, SHARES_APPEND_OF } from './moments.js';
import type { Cell } from './run-cell.js';

export interface Selection {
  readonly only?: string | undefined;
  readonly step?: string | undefined;
}

/** All cells, or those of one victim or one step; moment by moment, so that no process dies twice in a row. @throws RangeError */
export function chooseCells({ only, step }: Selection): readonly Cell[] {
  const victims = only === undefined ? VICTIMS : [victimOf(only)];
  const chosen = step === undefined ? undefined : stepOf(step);
  return MOMENTS.filter((moment) => chosen === undefined || moment.step === chosen).flatMap((moment) =>
    (['before', 'after'] as const).flatMap((when) => victims.map((victim) => ({ victim, moment, when }))),
  );
}

function victimOf(name: string): Victim {
  const victim = VICTIMS.find((each) => each === name);
  if (victim === undefined) throw new RangeError(`--only must be one of ${VICTIMS.join(', ')}`);
  return victim;
}

function stepOf(name: string): StepName {
  const step = STEPS.find((each) => each === name);
  if (step === undefined) throw new RangeError(`--step must be one of ${STEPS.join(', ')}`);
  return SHARES_APPEND_OF[step] ?? step;
}
