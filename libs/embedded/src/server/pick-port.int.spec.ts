import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isFree, pickPort } from './pick-port.js';

describe('choosing a port', () => {
  it('stays clear of the ports the kernel gives to clients', async () => {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
    const port = await pickPort();
    expect(port).toBeLessThan(range[0] ?? 0);
    expect(await isFree(port)).toBe(true);
  });

  it('sees that a port is taken, and when it is free again', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    expect(await isFree(port)).toBe(false);
    occupant.close();
    await once(occupant, 'close');
    expect(await isFree(port)).toBe(true);
  });
});
