import { visible } from '../terminal/table.js';
import { colours } from '../terminal/terminal.js';
import type { TracedSpan } from './spans-of.js';

/** Columns of the bar that shows when a span was. */
const BAR = 28;

/** A trace as a tree: when each span began after the first one, how long it took, whose work it was, and what failed in it. */
export function showTrace(spans: readonly TracedSpan[], width: number): string {
  const first = spans[0];
  if (!first) return '';
  const from = first.start;
  const to = spans.reduce((latest, { end }) => (end > latest ? end : latest), from);
  const rows = treeOf(spans).map(({ span, branch }) => ({ span, text: `${branch}${visible(labelOf(span))}`, branch }));
  const widest = Math.max(...rows.map(({ text }) => text.length));
  const lines = rows.flatMap(({ span, text, branch }) => {
    const label = span.failed ? colours.red(text.padEnd(widest)) : text.padEnd(widest);
    const when = `${ms(span.start - from).padStart(9)}  ${ms(span.end - span.start).padStart(9)}`;
    const line = `${when}  ${label}  ${colours.dim(span.service.padEnd(20))}`;
    const drawn = widest + 46 + BAR <= width ? `${line}  ${bar(span, from, to)}` : line;
    return [drawn, ...remarksOn(span).map((remark) => `${' '.repeat(22)}${branch.replace(/[├└]─ $/, '')}   ${remark}`)];
  });
  const title = `${colours.bold(`trace ${first.traceId}`)}  ${spans.length} spans, ${ms(to - from).trim()}`;
  return [title, colours.dim(`${'BEGAN'.padStart(9)}  ${'TOOK'.padStart(9)}  SPAN`), ...lines].join('\n');
}

interface Row {
  readonly span: TracedSpan;
  /** The lines of the tree in front of it. */
  readonly branch: string;
}

/** Spans whose parent is not among them stand on top: a caller's own span, or one that has not ended yet. */
function treeOf(spans: readonly TracedSpan[]): readonly Row[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const below = new Map<string | null, TracedSpan[]>();
  for (const span of spans) {
    const parent = span.parentSpanId !== null && known.has(span.parentSpanId) ? span.parentSpanId : null;
    below.set(parent, [...(below.get(parent) ?? []), span]);
  }
  const rowsBelow = (parent: string | null, indent: string): readonly Row[] =>
    (below.get(parent) ?? []).flatMap((span, index, siblings) => {
      const last = index === siblings.length - 1;
      const branch = parent === null ? '' : `${indent}${last ? '└─ ' : '├─ '}`;
      const deeper = parent === null ? '' : `${indent}${last ? '   ' : '│  '}`;
      return [{ span, branch }, ...rowsBelow(span.spanId, deeper)];
    });
  return rowsBelow(null, '');
}

function labelOf({ name, attributes }: TracedSpan): string {
  const detail =
    attributes.get('necrocode.task.key') ??
    attributes.get('necrocode.slot.id') ??
    (name.startsWith('signal ') ? `×${attributes.get('necrocode.signal.processes') ?? '?'}` : undefined);
  const outcome = attributes.get('necrocode.cancellation.outcome');
  return [name, detail, outcome === undefined ? undefined : `(${outcome})`]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** What failed in it, and the traces it has to do with. */
function remarksOn({ events, links }: TracedSpan): readonly string[] {
  const failures = events.flatMap(({ name, attributes }) => {
    if (name !== 'exception') return [];
    const [type, message] = [attributes.get('exception.type'), attributes.get('exception.message')];
    return [colours.yellow(`! ${visible(type ?? '')}: ${visible(message ?? '')}`)];
  });
  const related = links.map(({ traceId, attributes }) =>
    colours.dim(`→ ${attributes.get('necrocode.link') ?? 'linked to'} trace ${traceId}`),
  );
  return [...failures, ...related];
}

function bar({ start, end }: TracedSpan, from: bigint, to: bigint): string {
  const scale = Number(to - from) / BAR || 1;
  const left = Math.min(BAR - 1, Math.floor(Number(start - from) / scale));
  const length = Math.max(1, Math.min(BAR - left, Math.round(Number(end - start) / scale)));
  return `${' '.repeat(left)}${'━'.repeat(length)}`;
}

function ms(nanos: bigint): string {
  const value = Number(nanos) / 1e6;
  return value < 10_000 ? `${value.toFixed(1)} ms` : `${(value / 1_000).toFixed(2)} s`;
}
