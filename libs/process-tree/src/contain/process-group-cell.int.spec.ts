import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { readProcess } from '../proc/process-table.js';
import { processGroupCell } from './process-group-cell.js';
import { Sweep } from './sweep.js';

describe('killing a process group cell again and again', () => {
  it('ends who carries the mark, and never the group in which somebody else is as well', async () => {
    const marker = { name: 'SPEC_TREE_ID', value: `cell-${process.pid}` };
    const bystander = spawn('/bin/sleep', ['120'], { stdio: 'ignore' }); // In the group of this very process, as are the others.
    const startTime = readProcess(bystander.pid ?? 0)?.startTime ?? 0;
    const cell = processGroupCell(new Sweep(marker, { pid: 2 ** 30, startTime }, false));
    for (const round of ['at hand', 'thorough']) {
      const marked = spawn('/bin/sleep', ['120'], { env: { [marker.name]: marker.value }, stdio: 'ignore' });
      const ended = once(marked, 'exit');
      expect([round, (await cell.kill()).map(({ pid }) => pid)]).toEqual([round, [marked.pid]]);
      expect(await ended).toEqual([null, 'SIGKILL']);
      expect(readProcess(bystander.pid ?? 0)?.state).toBe('S');
    }
    bystander.kill('SIGKILL');
    await once(bystander, 'exit');
  });
});
