import { DiscardPolicy, type JetStreamManager, type StreamInfo, StorageType } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { streamNames } from '@necrocode/contracts';
import { connectMessaging, type MessagingConnection } from '../connect/connection.js';
import { jetStreamCode, jetStreamCodes } from '../connect/errors.js';
import { pause } from '../timing/pause.js';

export type MirrorNotice = { readonly kind: 'made' } | { readonly kind: 'failing'; readonly error: unknown };

export interface MirrorOptions {
  /** The house's own connection. */
  readonly source: MessagingConnection;
  /** NATS as a user of the subscribers' account who may make streams there. */
  readonly keeperUrl: string;
  readonly observe: (notice: MirrorNotice) => void;
}

export interface EventMirror {
  stop(): Promise<void>;
}

/** How long a lost mirror stays lost. */
const LOOK_EVERY_MS = 2_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** A consumer nobody uses for so long is removed by the server. */
const IDLE_CONSUMER_MS = 7 * 24 * 3_600_000;
/** Which stream it copies: one that was made anew counts from 1 again, and a mirror would wait for what it has already. */
const SOURCE = 'necrocode_source';

/**
 * Keeps a copy of the events stream in the account that subscribers are in, as long as it runs: makes it, and makes it anew when it is
 * lost or the stream it copies was. The server does the copying. Any number of replicas may.
 */
export function mirrorEvents({ source, keeperUrl, observe }: MirrorOptions): EventMirror {
  const stopping = new AbortController();
  const running = keep(source, keeperUrl, observe, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function keep(
  source: MessagingConnection,
  keeperUrl: string,
  observe: MirrorOptions['observe'],
  signal: AbortSignal,
): Promise<void> {
  let keeper: MessagingConnection | undefined;
  let isFailing = false;
  while (!signal.aborted) {
    try {
      keeper ??= await connectMessaging({ url: keeperUrl, name: 'mirror keeper', firstConnectWithinMs: 1_000 });
      if (await ensure(source.manager, keeper.manager)) observe({ kind: 'made' });
      isFailing = false;
    } catch (error) {
      if (!isFailing && !signal.aborted) observe({ kind: 'failing', error });
      isFailing = true;
    }
    await pause(LOOK_EVERY_MS, signal);
  }
  await keeper?.close();
}

/** @returns whether it had to be made */
async function ensure(source: JetStreamManager, keeper: JetStreamManager): Promise<boolean> {
  const [original, copy] = await Promise.all([find(source), find(keeper)]);
  if (!original || copy?.config.metadata?.[SOURCE] === original.created) return false;
  if (copy) await keeper.streams.delete(copy.config.name);
  await keeper.streams.add({
    name: streamNames.events,
    description: 'Copy of the committed events, for subscribers',
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_bytes: MAX_BYTES,
    max_consumers: 100,
    consumer_limits: { inactive_threshold: nanos(IDLE_CONSUMER_MS) },
    metadata: { [SOURCE]: original.created },
    num_replicas: original.config.num_replicas,
    mirror: {
      name: streamNames.events,
      external: { api: 'JS.necrocode.API', deliver: 'necrocode.mirror' },
    },
  });
  return true;
}

/** undefined: not there, which for the original lasts until its owner has made it anew. */
async function find(manager: JetStreamManager): Promise<StreamInfo | undefined> {
  return manager.streams.info(streamNames.events).catch((error: unknown) => {
    if (jetStreamCode(error) === jetStreamCodes.streamNotFound) return undefined;
    throw error;
  });
}
