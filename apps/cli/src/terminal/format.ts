import { Option } from 'commander';
import type { Terminal } from './terminal.js';

export type Format = 'text' | 'json' | 'ndjson' | 'id';

export const formatOption = (): Option =>
  new Option('-o, --output <format>', 'what stdout holds').choices(['text', 'json', 'ndjson', 'id']).default('text');

/** Writes a list in the format asked for. */
export function printList<Item>(
  terminal: Terminal,
  format: Format,
  items: readonly Item[],
  { id, text }: { readonly id: (item: Item) => string; readonly text: () => string },
): void {
  if (format === 'json') return terminal.data(JSON.stringify(items, null, 2));
  if (format === 'text') return terminal.data(text());
  for (const item of items) terminal.data(format === 'id' ? id(item) : JSON.stringify(item));
}
