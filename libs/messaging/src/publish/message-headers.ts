/** Headers of our messages beside the ones NATS defines. */
export const messageHeaders = {
  /** Position in the store's total order, decimal. The stream's last one is where the relay resumes. */
  position: 'Necrocode-Position',
  /** W3C trace context; lower case, as NATS compares header names exactly. */
  traceparent: 'traceparent',
  /** Why a message is a dead letter. */
  errorCode: 'Necrocode-Error-Code',
} as const;
