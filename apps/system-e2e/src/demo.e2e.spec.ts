import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { tempDirectory } from '@necrocode/testing';
import { runCli } from './support/run-cli.js';

describe('npm run demo', () => {
  it('keeps every promise, exits 0 and leaves no file behind', async () => {
    const temporary = await tempDirectory();
    const { code, stdout, stderr } = await runCli(['demo'], { TMPDIR: temporary.path, NO_COLOR: '1' });
    expect({ code, broken: stdout.match(/✗.*/g), error: stderr.match(/^error.*/gm) }).toEqual({
      code: 0,
      broken: null,
      error: null,
    });
    expect(stdout).toContain('Every promise was kept.');
    expect(readdirSync(temporary.path)).toEqual([]);
    await temporary.remove();
  }, 240_000);
});
