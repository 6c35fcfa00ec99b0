import type { Metrics } from '../define/metrics.js';

export interface MessagingNow {
  readonly isConnected: boolean;
  readonly isRelay: boolean;
  /** Messages that a consumer gave up on and that nobody has removed. */
  readonly deadLetters: () => Promise<number>;
}

export function measureMessaging(metrics: Metrics, look: () => MessagingNow): void {
  const connected = metrics.gauge({
    name: 'necrocode_nats_connected',
    help: 'Whether this process has its connection to NATS',
  });
  const relay = metrics.gauge({ name: 'necrocode_relay_elected', help: 'Whether this process is the relay' });
  const deadLetters = metrics.gauge({
    name: 'necrocode_dead_letters',
    help: 'Messages that a consumer gave up on, of all services',
  });
  metrics.measure([connected, relay], () => {
    const { isConnected, isRelay } = look();
    connected.set({}, isConnected ? 1 : 0);
    relay.set({}, isRelay ? 1 : 0);
  });
  metrics.measure([deadLetters], async () => deadLetters.set({}, await look().deadLetters()));
}
