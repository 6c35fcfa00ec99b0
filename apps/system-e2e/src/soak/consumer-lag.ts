import { streamNames } from '@necrocode/contracts';
import { connectMessaging } from '@necrocode/messaging';
import { eventually } from '@necrocode/testing';

/**
 * Messages that a consumer has not taken or not acknowledged, once all had time to, and messages that were given up.
 * @returns a line for each consumer that lags, and for the dead letters when there are any
 */
export async function consumerLag(natsUrl: string): Promise<readonly string[]> {
  const { manager, close } = await connectMessaging({ url: natsUrl, name: 'soak' });
  let lagging: string[] = [];
  try {
    await eventually(
      async () => {
        lagging = [];
        for (const stream of [streamNames.events, streamNames.reports]) {
          for await (const { name, num_pending, num_ack_pending } of manager.consumers.list(stream)) {
            if (num_pending + num_ack_pending > 0)
              lagging.push(`${name}: ${num_pending} waiting, ${num_ack_pending} open`);
          }
        }
        if (lagging.length > 0) throw new Error(lagging.join('; '));
      },
      { withinMs: 30_000, everyMs: 250 },
    ).catch(() => undefined);
    const { state } = await manager.streams.info(streamNames.deadLetters);
    return state.messages === 0 ? lagging : [...lagging, `${state.messages} dead letters`];
  } finally {
    await close();
  }
}
