const MIB = 1024 * 1024;

/**
 * `-c` settings. Durable as PostgreSQL is by default (fsync, full pages, synchronous commit, checksums from initdb);
 * sized for a small machine that also runs everything else. Values a client sent are kept out of the log: no statement,
 * no detail lines, and no errors at all below LOG, since the client gets them (a lost optimistic lock is an error too).
 */
export function serverSettings({ port, memoryBytes }: { port: number; memoryBytes: number }): string[] {
  const sharedBuffersMib = Math.round(Math.min(512, Math.max(64, memoryBytes / MIB / 16)));
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: `${sharedBuffersMib}MB`,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_wal_size: '1GB',
    jit: 'off',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_line_prefix: '%m [%p] ',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
