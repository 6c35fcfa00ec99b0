const PUBLIC = new Set([
  '/healthz',
  '/readyz',
  '/api/openapi.json',
  '/api/asyncapi.json',
  '/api/docs',
  '/api/docs/style.css',
]);

/** What may be read without a token: health, and the description of the API, which holds nothing of anybody. */
export function isPublic(url: string): boolean {
  return PUBLIC.has(url.split('?', 1)[0] ?? '');
}
