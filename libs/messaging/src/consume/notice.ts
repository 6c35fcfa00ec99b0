/** What happens in a consumer that an operator may want to see: for logs and metrics. Holds no payload. */
export type ConsumerNotice =
  | { readonly kind: 'active' }
  | { readonly kind: 'standby' }
  /** A handler failed; it is tried again, or given up after `attempts`. */
  | {
      readonly kind: 'handler-failed';
      readonly messageId: string;
      readonly key: string;
      readonly attempts: number;
      readonly error: unknown;
    }
  /** For an alert: the message is in the dead letters, and its key goes on without it. */
  | {
      readonly kind: 'dead-lettered';
      readonly messageId: string;
      readonly key: string;
      readonly errorCode: string;
      readonly error: unknown;
    }
  /** JetStream lacked events; they were read from the store. Positions as decimal strings, both included. */
  | { readonly kind: 'read-from-store'; readonly from: string; readonly to: string }
  /** Something the consumer needs did not work; it goes on trying. */
  | { readonly kind: 'fault'; readonly error: unknown };
