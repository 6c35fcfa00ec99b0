import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, tempDirectory, type TempDirectory } from '@necrocode/testing';
import { greeting } from './greeting.js';
import type { EmbeddedNats } from './start-nats.js';
import { startNatsCluster } from './start-nats-cluster.js';

let directory: TempDirectory;
let nodes: readonly EmbeddedNats[];

beforeEach(async () => {
  directory = await tempDirectory();
  nodes = await startNatsCluster({ storeDir: join(directory.path, 'nats'), nodes: 3 });
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await directory.remove();
});

/** Where a client of the node may go when that one is away: every node knows every other. */
async function allKnowAll(): Promise<void> {
  const ports = nodes.map(({ port }) => port).sort();
  await eventually(async () => {
    for (const { port } of nodes) {
      const info = await greeting(port);
      const known = (info?.connect_urls ?? []).map((address) => Number(address.split(':')[1]));
      expect([...known].sort()).toEqual(ports);
    }
  });
}

describe('a cluster of three', () => {
  it('finds together, under one password', async () => {
    await allKnowAll();
    expect(new Set(nodes.map(({ url }) => new URL(url).password)).size).toBe(1);
  });

  it('takes a node back that was killed, under the name the others know', async () => {
    const [first] = nodes;
    const before = await greeting(first?.port ?? 0);
    await first?.kill();
    await first?.restart();
    await allKnowAll();
    expect((await greeting(first?.port ?? 0))?.server_name).toBe(before?.server_name);
  });
});
