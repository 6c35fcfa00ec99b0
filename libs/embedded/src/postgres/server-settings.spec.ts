import { describe, expect, it } from '@jest/globals';
import { serverSettings } from './server-settings.js';

const GIB = 1024 ** 3;

function settingsFor(memoryBytes: number): string[] {
  return serverSettings({ port: 20_000, memoryBytes }).filter((argument) => argument !== '-c');
}

describe("PostgreSQL's settings", () => {
  it('listen on the loopback interface only, without a socket file', () => {
    expect(settingsFor(GIB)).toEqual(
      expect.arrayContaining(['listen_addresses=127.0.0.1', 'port=20000', 'unix_socket_directories=']),
    );
  });

  it('lose nothing that was committed', () => {
    expect(settingsFor(GIB)).toEqual(
      expect.arrayContaining(['fsync=on', 'synchronous_commit=on', 'full_page_writes=on']),
    );
  });

  it('keep statements and the values in them out of the log', () => {
    expect(settingsFor(GIB)).toEqual(
      expect.arrayContaining(['log_min_error_statement=panic', 'log_error_verbosity=terse']),
    );
  });

  it.each([
    [GIB / 2, 64],
    [4 * GIB, 256],
    [64 * GIB, 512],
  ])('fit a machine with %d bytes of memory', (memoryBytes, sharedBuffersMib) => {
    expect(settingsFor(memoryBytes)).toContain(`shared_buffers=${sharedBuffersMib}MB`);
  });
});
