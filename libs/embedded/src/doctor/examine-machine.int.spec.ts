import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDirectory, type TempDirectory } from '@necrocode/testing';
import type { Check } from './check.js';
import { examineMachine } from './examine-machine.js';

let directory: TempDirectory;
beforeEach(async () => {
  directory = await tempDirectory();
});
afterEach(() => directory.remove());

const named = (checks: readonly Check[], name: string): Check | undefined =>
  checks.find((check) => check.name === name);

describe('examining a machine', () => {
  it('finds the servers running, looks at everything once, and leaves no trace', async () => {
    const checks = await examineMachine({ dataDir: join(directory.path, 'not', 'yet') });
    expect(named(checks, 'PostgreSQL')).toMatchObject({ status: 'ok', detail: expect.stringContaining('18.') });
    expect(named(checks, 'nats-server')).toMatchObject({ status: 'ok', detail: expect.stringContaining('2.14') });
    expect(named(checks, 'data directory')?.status).toBe('ok');
    expect(new Set(checks.map(({ name }) => name)).size).toBe(10);
    expect(await readdir(directory.path)).toEqual([]);
  });

  it('fails a port that is taken and a data directory that is a file, and says how to mend it', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    const file = join(directory.path, 'file');
    await writeFile(file, '');

    const checks = await examineMachine({ dataDir: file, ports: [port] });
    expect(named(checks, 'loopback ports')).toMatchObject({
      status: 'fail',
      detail: `${port} is used by another program`,
      hint: expect.stringContaining('ss -ltnp'),
    });
    expect(named(checks, 'data directory')).toMatchObject({ status: 'fail', detail: `${file} is a file` });
    occupant.close();
    await once(occupant, 'close');
  });
});
