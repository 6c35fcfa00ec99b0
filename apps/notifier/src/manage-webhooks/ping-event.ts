/** A CloudEvent that stands for no event of the store: what a ping sends. */
export function pingEvent(id: string, webhookId: string, now: Date): object {
  return {
    specversion: '1.0',
    id,
    source: '/necrocode/notifier',
    type: 'io.necrocode.webhook.ping.v1',
    subject: webhookId,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: { webhookId },
  };
}
