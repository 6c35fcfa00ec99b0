import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { streamNames } from '@necrocode/contracts';
import type { LocalSystem } from '@necrocode/local-system';
import { connectMessaging, type MessagingConnection } from '@necrocode/messaging';
import { kill } from '../faults/victims.js';

/** What can happen to JetStream's store. Each resolves when it has happened; whoever suffers from it goes on meanwhile. */
export type Damage = (system: LocalSystem) => Promise<void>;

/** Its directory is gone when the killed server comes back. */
export const deleteStore: Damage = async (system) => {
  renameSync(storeOf(system), `${storeOf(system)}-lost-${performance.now()}`);
  await kill(system, 'nats-server');
};

/** Every file of messages ends in the middle. */
export const truncateStore: Damage = async (system) => {
  rewriteBlocks(system, (bytes) => bytes.subarray(0, bytes.length / 2));
  await kill(system, 'nats-server');
};

/** One bit in each kibibyte of messages is not what was written. */
export const flipBits: Damage = async (system) => {
  rewriteBlocks(system, (bytes) => bytes.map((byte, at) => (at % 1_024 === 512 ? byte ^ 1 : byte)));
  await kill(system, 'nats-server');
};

export const removeStreams: Damage = (system) =>
  withNats(system, async ({ manager }) => {
    for await (const name of manager.streams.names()) await manager.streams.delete(name);
  });

export const removeConsumers: Damage = (system) =>
  withNats(system, async ({ manager }) => {
    for (const stream of [streamNames.events, streamNames.reports]) {
      for await (const { name } of manager.consumers.list(stream)) await manager.consumers.delete(stream, name);
    }
  });

function storeOf({ home }: LocalSystem): string {
  return join(home, 'nats', 'jetstream');
}

/** In place: the server goes on writing to these very files until it is killed. */
function rewriteBlocks(system: LocalSystem, harmed: (bytes: Uint8Array) => Uint8Array): void {
  for (const name of readdirSync(storeOf(system), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.blk')) continue;
    try {
      const file = join(storeOf(system), name);
      writeFileSync(file, harmed(readFileSync(file)));
    } catch {
      // Everything in it was acknowledged, and the server has removed it.
    }
  }
}

async function withNats({ natsUrl }: LocalSystem, work: (nats: MessagingConnection) => Promise<void>): Promise<void> {
  const nats = await connectMessaging({ url: natsUrl, name: 'spec' });
  await work(nats);
  await nats.close();
}
