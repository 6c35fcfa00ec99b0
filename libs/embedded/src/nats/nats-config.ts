/**
 * nats-server's configuration. Loopback only; `sync_interval` stays at its default (2 min): JetStream is a disposable copy of the event store.
 *
 * Two accounts, which share nothing but what is exported: NECROCODE is the house, SUBSCRIBERS is for other systems. There the keeper holds a
 * mirror of the events stream, and a subscriber may read it by consumers of its own. In the house's account those consumers could
 * take messages from the services', or name any subject as the one to deliver to, which is to publish there.
 */
export function natsConfig({ port, storeDir, serverName, users, cluster }: NatsConfigValues): string {
  const quoted = JSON.stringify;
  const user = (name: keyof NatsUsers): string => `user: ${quoted(NATS_USERS[name])}, password: ${quoted(users[name])}`;
  return `server_name: ${quoted(serverName)}
listen: "127.0.0.1:${port}"
# The most nats-server advises; an event holds a whole job at most, and requests are bounded far below.
max_payload: 8MB
jetstream { store_dir: ${quoted(storeDir)}, max_memory_store: 256MB }
${cluster ? clusterConfig(cluster) : ''}accounts {
  NECROCODE {
    jetstream: enabled
    users: [ { ${user('house')} } ]
    exports: [
      { stream: "necrocode.events.>", accounts: [SUBSCRIBERS] }
      # What a mirror of the events stream needs: a consumer there, its messages, and flow control.
      { service: "$JS.API.CONSUMER.CREATE.NECROCODE_EVENTS", response_type: stream, accounts: [SUBSCRIBERS] }
      { service: "$JS.API.CONSUMER.CREATE.NECROCODE_EVENTS.>", response_type: stream, accounts: [SUBSCRIBERS] }
      { service: "$JS.FC.NECROCODE_EVENTS.>", accounts: [SUBSCRIBERS] }
      { stream: "necrocode.mirror.>", accounts: [SUBSCRIBERS] }
    ]
  }
  SUBSCRIBERS {
    jetstream: enabled
    users: [
      { ${user('keeper')} }
      { ${user('subscriber')}, permissions: {
        publish: { allow: [
          "$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.INFO.NECROCODE_EVENTS",
          "$JS.API.CONSUMER.*.NECROCODE_EVENTS", "$JS.API.CONSUMER.*.NECROCODE_EVENTS.>",
          "$JS.API.CONSUMER.DURABLE.CREATE.NECROCODE_EVENTS.*", "$JS.API.CONSUMER.MSG.NEXT.NECROCODE_EVENTS.*",
          "$JS.ACK.NECROCODE_EVENTS.>"
        ] }
        subscribe: { allow: [ "necrocode.events.>", "_INBOX.>" ] }
      } }
    ]
    imports: [
      { stream: { account: NECROCODE, subject: "necrocode.events.>" } }
      { service: { account: NECROCODE, subject: "$JS.API.CONSUMER.CREATE.NECROCODE_EVENTS" }, to: "JS.necrocode.API.CONSUMER.CREATE.NECROCODE_EVENTS" }
      { service: { account: NECROCODE, subject: "$JS.API.CONSUMER.CREATE.NECROCODE_EVENTS.>" }, to: "JS.necrocode.API.CONSUMER.CREATE.NECROCODE_EVENTS.>" }
      { service: { account: NECROCODE, subject: "$JS.FC.NECROCODE_EVENTS.>" } }
      { stream: { account: NECROCODE, subject: "necrocode.mirror.>" } }
    ]
  }
}
`;
}

/** Nodes find each other by the routes given here, and let in whoever knows the password. */
function clusterConfig({ port, password, others }: ClusterPlace): string {
  const routes = others.map((other) => JSON.stringify(`nats-route://route:${password}@127.0.0.1:${other}`));
  return `cluster {
  name: "necrocode"
  listen: "127.0.0.1:${port}"
  authorization { user: "route", password: ${JSON.stringify(password)} }
  routes: [ ${routes.join(', ')} ]
}
`;
}

/** Who connects, by what they are for. */
export const NATS_USERS = { house: 'necrocode', keeper: 'keeper', subscriber: 'subscriber' } as const;

/** Their passwords. */
export type NatsUsers = Readonly<Record<keyof typeof NATS_USERS, string>>;

export interface NatsConfigValues {
  readonly port: number;
  readonly storeDir: string;
  /** Told in INFO: how a client knows that it is this server it reached. */
  readonly serverName: string;
  readonly users: NatsUsers;
  /** undefined: it stands alone. */
  readonly cluster: ClusterPlace | undefined;
}

/** One node's place in a cluster. */
export interface ClusterPlace {
  /** For routes. */
  readonly port: number;
  readonly password: string;
  /** Where the other nodes take routes. */
  readonly others: readonly number[];
}
