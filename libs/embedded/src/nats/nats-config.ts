/** nats-server's configuration. Loopback only; `sync_interval` stays at its default (2 min): JetStream is a disposable copy of the event store. */
export function natsConfig({ port, storeDir, serverName, user, password }: NatsConfigValues): string {
  const quoted = JSON.stringify;
  return `server_name: ${quoted(serverName)}
listen: "127.0.0.1:${port}"
authorization { user: ${quoted(user)}, password: ${quoted(password)} }
# The most nats-server advises; an event holds a whole job at most, and requests are bounded far below.
max_payload: 8MB
jetstream { store_dir: ${quoted(storeDir)}, max_memory_store: 256MB }
`;
}

export interface NatsConfigValues {
  readonly port: number;
  readonly storeDir: string;
  /** Told in INFO: how a client knows that it is this server it reached. */
  readonly serverName: string;
  readonly user: string;
  readonly password: string;
}
