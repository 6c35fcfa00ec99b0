import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { necrocodeStreams, type Topology } from '../provision/necrocode-streams.js';
import type { StreamSpec } from '../provision/stream-spec.js';
import { dial } from './dial.js';
import { Link, type LinkState } from './link.js';
import { parseServerUrls } from './server-urls.js';

export interface ConnectOptions {
  /** `nats://[token@|user:pass@]host:port`, several divided by commas. */
  readonly url: string;
  /** Shown in the server's monitoring: the service and its replica. */
  readonly name: string;
  /** How long to wait for the first connection. Default 10 s; after it, reconnecting never ends. */
  readonly firstConnectWithinMs?: number;
  /** Told of every change, for health and logs. */
  readonly onState?: (state: LinkState) => void;
  /** Replicas and bounds of the streams, which are recreated whenever they are missing. */
  readonly topology?: Topology;
}

/** The one connection of a process. */
export interface MessagingConnection {
  readonly nats: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly streams: readonly StreamSpec[];
  readonly link: Link;
  /** Sends what is pending, then closes. Stop consumers first. */
  close(): Promise<void>;
}

/** A JetStream call that takes longer than this is lost: the server is gone or has no leader. Answers take well under 1 ms when it is there. */
const apiTimeoutMs = 2_000;

/**
 * @throws {MessagingUnavailable} when no server answers in time
 * @throws {MessagingRefused} when the server does not accept the credentials
 */
export async function connectMessaging(options: ConnectOptions): Promise<MessagingConnection> {
  const { servers, credentials, tls } = parseServerUrls(options.url);
  const nodeOptions: NodeConnectionOptions = {
    servers: [...servers],
    name: options.name,
    ...credentials,
    ...(tls ? { tls: {} } : {}),
    maxReconnectAttempts: -1,
    // A server whose credentials are being rotated refuses for a while; giving up would need a restart to mend.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 100,
    reconnectJitter: 50,
    // A half-open connection (host gone, no RST) is found in 2 × 5 s instead of the client's 2 × 2 min.
    pingInterval: 5_000,
    maxPingOut: 2,
    // The client otherwise captures a stack for every request: measurable on the publish path, useless to a reader.
    noAsyncTraces: true,
  };
  const nats = await dial(
    () => connect({ ...nodeOptions, timeout: 1_000 }),
    servers,
    options.firstConnectWithinMs ?? 10_000,
  );
  const link = new Link(nats, options.onState);
  return {
    nats,
    jetstream: jetstream(nats, { timeout: apiTimeoutMs }),
    manager: await jetstreamManager(nats, { timeout: apiTimeoutMs, checkAPI: false }),
    streams: necrocodeStreams(options.topology),
    link,
    close: () => link.close(),
  };
}
