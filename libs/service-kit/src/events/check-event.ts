import { findEvent, parseStreamId } from '@necrocode/contracts';
import type { NewEvent } from '@necrocode/event-store';
import { CodedError } from '../errors/coded-error.js';

/**
 * Refuses an event that is not what the registry says of its kind, before it is stored: what is stored is for ever, and published to
 * whoever reads by that registry.
 * @throws {CodedError} `event-refused`, with the paths that do not fit and none of the values
 */
export function checkEvent(streamId: string, { type, schemaVersion, data }: NewEvent): void {
  const known = findEvent(parseStreamId(streamId).aggregate, type);
  const refused = (path: string, message: string): CodedError =>
    new CodedError(
      'event-refused',
      { type, stream: streamId },
      // For the log, which is told no deeper: further down a path may hold what a user named.
      { fields: [{ path, message }], cause: new Error(`${type}: ${path.split('.', 2).join('.')} is ${message}`) },
    );
  if (!known) throw refused('type', 'there is no such event');
  if (schemaVersion !== known.schemaVersion)
    throw refused('schemaVersion', `version ${known.schemaVersion} is the one that is written`);
  const parsed = known.data.safeParse(data);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw refused(['data', ...(issue?.path ?? [])].join('.'), issue?.code ?? 'invalid');
}
