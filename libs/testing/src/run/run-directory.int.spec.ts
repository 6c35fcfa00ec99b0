import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createRunDirectory, removeRunDirectory } from './run-directory.js';

describe('the directory of a test run', () => {
  it('stays while its run lives, and is removed by a later one when its run was killed', () => {
    const living = createRunDirectory();
    const abandoned = join(dirname(living), 'necrocode-test-abandoned');
    mkdirSync(abandoned);
    writeFileSync(
      join(abandoned, 'owner.json'),
      JSON.stringify({ pid: process.pid, startTime: '1', bootId: 'earlier' }),
    );
    const nobodys = join(dirname(living), 'necrocode-test-new');
    mkdirSync(nobodys);

    const next = createRunDirectory();
    expect([living, abandoned, nobodys].map((path) => existsSync(path))).toEqual([true, false, true]);
    [living, next, nobodys].forEach(removeRunDirectory);
  });
});
