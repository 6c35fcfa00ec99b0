import type { JsMsg } from '@nats-io/jetstream';
import type { MessagingConnection } from '../connect/connection.js';
import { errorCode } from '../dead-letter/error-code.js';
import { keepDeadLetter } from '../dead-letter/keep-dead-letter.js';
import { messageHeaders } from '../publish/message-headers.js';
import type { ConsumerNotice } from './notice.js';

/** Makes a dead letter of a message that is not what its stream promises: no attempt could read it. */
export async function refuseMessage(
  consumption: {
    readonly connection: MessagingConnection;
    readonly durable: string;
    readonly observe: (notice: ConsumerNotice) => void;
  },
  message: JsMsg,
  error: unknown,
  stop: AbortSignal,
): Promise<void> {
  const { connection, durable, observe } = consumption;
  const code = errorCode(error);
  const messageId = message.headers?.get('Nats-Msg-Id') || `${message.info.stream}/${message.seq}`;
  const letter = {
    durable,
    messageId,
    subject: message.subject,
    key: '',
    attempts: 0,
    errorCode: code,
    failedAt: new Date().toISOString(),
    body: message.string(),
  };
  const traceparent = message.headers?.get(messageHeaders.traceparent) || undefined;
  if (
    !(await keepDeadLetter(connection, letter, traceparent, stop, (fault) => observe({ kind: 'fault', error: fault })))
  )
    return;
  message.term(code);
  observe({ kind: 'dead-lettered', messageId, key: '', errorCode: code, error });
}
