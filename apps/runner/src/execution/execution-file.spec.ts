import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionIdentity } from '@necrocode/domain';
import { idOf, newId } from '@necrocode/service-kit';
import { plainStop } from '../testing/runner-bench.js';
import { type ExecutionFile, ExecutionFiles, heldBy, leftMsOf, type Resume } from './execution-file.js';

const at = (ms: number) => new Date(ms).toISOString();
const by = [idOf('can', '00000000-0000-7000-8000-000000000001')];
const resume: Resume = { taskKey: 'a', timeout: { dueAt: at(10_000), stop: plainStop } };

describe('the time that an execution has left', () => {
  it('passes while it runs', () => {
    expect(leftMsOf(resume, 4_000)).toBe(6_000);
  });

  it('does not pass while it stands still', () => {
    const held = heldBy(by, resume, 6_000, 4_000);
    expect(held.held).toEqual({ by, leftMs: 6_000 });
    expect(leftMsOf(held, 50_000)).toBe(6_000);
  });

  it('goes on from there when nobody holds it any more', () => {
    const released = heldBy([], heldBy(by, resume, 6_000, 4_000), 6_000, 50_000);
    expect(released).toEqual({ ...resume, timeout: { dueAt: at(56_000), stop: plainStop } });
  });

  it('is without end where nothing was said', () => {
    const endless = { ...resume, timeout: null };
    expect(leftMsOf(heldBy(by, endless, null, 0), 1)).toBeNull();
    expect(heldBy([], endless, null, 0)).toEqual(endless);
  });
});

describe('the file of an execution', () => {
  let home: string;
  let files: ExecutionFiles;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'necrocode-'));
    files = new ExecutionFiles(home);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const execution: ExecutionIdentity = {
    jobId: newId('job'),
    taskId: newId('task'),
    executionId: newId('exe'),
    runnerId: newId('run'),
    attempt: 1,
    fencingToken: 1,
    slot: null,
  };
  const fresh: ExecutionFile = { execution, stop: null, tree: null, ending: null };
  const path = () => join(home, 'executions', `${execution.executionId}.json`);

  it('says what was written last', () => {
    expect(files.read(execution.executionId)).toBeNull();
    files.write(fresh);
    files.write({ ...fresh, stop: plainStop });
    expect(files.read(execution.executionId)).toEqual({ ...fresh, stop: plainStop });
    expect(files.all()).toEqual([{ ...fresh, stop: plainStop }]);
  });

  it('says what was written before, where the last was not written to its end', () => {
    files.write(fresh);
    const whole = readFileSync(path(), 'utf8');
    files.write({ ...fresh, stop: plainStop });
    const torn = readFileSync(path(), 'utf8').slice(0, whole.length + 40);
    writeFileSync(path(), torn);
    expect(files.read(execution.executionId)).toEqual(fresh);
    files.write({ ...fresh, refused: 'full' });
    expect(files.read(execution.executionId)).toEqual({ ...fresh, refused: 'full' });
  });

  it('was written by an earlier release as one line without an end, and goes on from there', () => {
    appendFileSync(path(), JSON.stringify(fresh));
    expect(files.read(execution.executionId)).toEqual(fresh);
    files.write({ ...fresh, stop: plainStop });
    expect(files.read(execution.executionId)).toEqual({ ...fresh, stop: plainStop });
  });
});
