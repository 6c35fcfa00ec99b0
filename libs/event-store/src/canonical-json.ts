/**
 * The canonical form of a JSON value (RFC 8785, JCS): keys in UTF-16 order, no white space, numbers as ECMAScript writes them.
 * Two values that mean the same JSON give the same text, whatever a database did to their key order or number format.
 * Members that are undefined are left out, as JSON.stringify does.
 * Written here because this package imports nothing from npm; the specs hold the RFC's own vectors.
 * @throws {TypeError} naming the path of the first value that is not JSON: bigint, NaN, Date, a lone surrogate …
 */
export function canonicalJson(value: unknown, path = '$'): string {
  switch (typeof value) {
    case 'string':
      return quote(value, path);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw notJson(path, String(value));
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalArray(value, path) : canonicalObject(value, path);
    default:
      throw notJson(path, `a ${typeof value}`);
  }
}

function canonicalArray(items: readonly unknown[], path: string): string {
  let text = '[';
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ',';
    text += canonicalJson(items[index], `${path}[${index}]`);
  }
  return text + ']';
}

function canonicalObject(object: object, path: string): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw notJson(path, `a ${object.constructor.name}`);
  // Cast: any object may be looked at by its own keys.
  const members = object as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += quote(key, path) + ':' + canonicalJson(member, `${path}.${key}`);
  }
  return text + '}';
}

/** What JSON writes as it is: nearly every text of an event, at half the price. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quote(text: string, path: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  const quoted = JSON.stringify(text);
  // JSON.stringify escapes a lone surrogate as \udXXX; RFC 8785 refuses it, since no UTF-8 can hold it.
  if (quoted.includes('\\ud') && /\p{Surrogate}/u.test(text)) throw notJson(path, 'a string with a lone surrogate');
  return quoted;
}

function notJson(path: string, what: string): TypeError {
  return new TypeError(`${path} is ${what}, which is not JSON`);
}
