import { errors, NoRespondersError, RequestError, TimeoutError } from '@nats-io/nats-core';
import { JetStreamApiError } from '@nats-io/jetstream';

/** NATS or its JetStream cannot be reached or does not answer. Passing: retry with the same ids. */
export class MessagingUnavailable extends Error {
  override readonly name = 'MessagingUnavailable';
  readonly code = 'messaging-unavailable';
}

/** The server answered, and the answer will not change by asking again: wrong credentials, no permission. */
export class MessagingRefused extends Error {
  override readonly name = 'MessagingRefused';
  readonly code = 'messaging-refused';
}

/** Nobody listens on the subject: for a stream's subject, the stream is missing or JetStream is not ready. */
export function isNoResponders(error: unknown): boolean {
  return (
    error instanceof NoRespondersError ||
    (error instanceof RequestError && error.isNoResponders()) ||
    // A JetStream publish wraps it as "jetstream is not enabled", a class that is not exported.
    (error instanceof Error && error.cause !== undefined && isNoResponders(error.cause))
  );
}

export function isTimeout(error: unknown): boolean {
  return error instanceof TimeoutError || (error instanceof Error && error.cause instanceof TimeoutError);
}

export function isAuthorization(error: unknown): boolean {
  return error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;
}

/** JetStream's own error number, for example 10071 for a wrong last sequence. */
export function jetStreamCode(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}

/** Numbers of the errors this lib decides on; from the server's errors.json. */
export const jetStreamCodes = {
  consumerNotFound: 10014,
  noMessageFound: 10037,
  streamNameInUse: 10058,
  streamNotFound: 10059,
  wrongLastMessage: 10070,
  wrongLastSequence: 10071,
  wrongLastSequenceUnknown: 10164,
} as const;

export function isWrongLastSequence(error: unknown): boolean {
  const code = jetStreamCode(error);
  return code === jetStreamCodes.wrongLastSequence || code === jetStreamCodes.wrongLastSequenceUnknown;
}

export function isWrongLastMessage(error: unknown): boolean {
  return jetStreamCode(error) === jetStreamCodes.wrongLastMessage;
}
