import { createHash, randomUUID } from 'node:crypto';

/** Our own name space for UUIDv5; drawn once at random. */
const NAMESPACE = Buffer.from('6f1a3c5e7b924d0e8a5bb1f0c2d3e4a7', 'hex');

/**
 * The id of the `index`-th event a command causes in a stream: the same for every repetition of the command (UUIDv5, RFC 9562).
 * The stream is part of the name so that one command id may act on several streams.
 * @param commandId any string that names the command for good
 */
export function eventIdOf(commandId: string, streamId: string, index: number): string {
  const name = JSON.stringify([commandId, streamId, index]);
  return format(createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16), 5);
}

/** A UUIDv7 (RFC 9562): sorts by `nowMs`, so index pages fill from one end. */
export function uuidV7(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // A UUIDv4 behind its version digit: three random digits, the variant, the rest. Node draws its bytes in bulk.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Sixteen bytes as a UUID of this version. */
function format(bytes: Buffer, version: number): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
