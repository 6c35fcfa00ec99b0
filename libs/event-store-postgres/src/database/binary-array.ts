/**
 * PostgreSQL arrays in binary form (array_recv): pg sends a Buffer as a binary parameter. No element is quoted, escaped or
 * parsed as text: with 10,000 events a third of the time of text arrays on both sides.
 */
const OID = { text: 25, int4: 23, uuid: 2950, json: 114, bytea: 17 } as const;
const HEADER = 20;

/** Elements from their text: `text` or `json`. */
export function textArray(items: readonly string[], type: 'text' | 'json' = 'text'): Buffer {
  const sizes = items.map((item) => Buffer.byteLength(item));
  const buffer = allocate(OID[type], sizes);
  let offset = HEADER;
  for (const [index, item] of items.entries()) {
    offset = buffer.writeInt32BE(sizes[index] ?? 0, offset);
    offset += buffer.write(item, offset, 'utf8');
  }
  return buffer;
}

export function intArray(items: readonly number[]): Buffer {
  const buffer = allocate(
    OID.int4,
    items.map(() => 4),
  );
  let offset = HEADER;
  for (const item of items) {
    offset = buffer.writeInt32BE(4, offset);
    offset = buffer.writeInt32BE(item, offset);
  }
  return buffer;
}

export function uuidArray(items: readonly string[]): Buffer {
  return hexArray(
    items.map((item) => item.replaceAll('-', '')),
    'uuid',
  );
}

/** Elements from their hexadecimal digits. */
export function hexArray(items: readonly (string | null)[], type: 'bytea' | 'uuid' = 'bytea'): Buffer {
  const buffer = allocate(
    OID[type],
    items.map((item) => (item === null ? null : item.length / 2)),
  );
  let offset = HEADER;
  for (const item of items) {
    offset = buffer.writeInt32BE(item === null ? -1 : item.length / 2, offset);
    if (item !== null) offset += buffer.write(item, offset, 'hex');
  }
  return buffer;
}

/** One dimension from index 1, or none when empty; null elements have no bytes. */
function allocate(oid: number, sizes: readonly (number | null)[]): Buffer {
  const bytes = sizes.reduce<number>((sum, size) => sum + 4 + (size ?? 0), HEADER);
  if (sizes.length === 0) return header(Buffer.allocUnsafe(12), 0, oid);
  const buffer = header(Buffer.allocUnsafe(bytes), 1, oid, sizes.includes(null));
  buffer.writeInt32BE(sizes.length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

function header(buffer: Buffer, dimensions: 0 | 1, oid: number, hasNulls = false): Buffer {
  buffer.writeInt32BE(dimensions, 0);
  buffer.writeInt32BE(hasNulls ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  return buffer;
}
