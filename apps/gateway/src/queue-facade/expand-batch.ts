import type { EnqueueBatch, QueueGraph } from '@necrocode/contracts';
import type { QueuedAs } from './queued-as.js';

type Batch = EnqueueBatch['batch'];
export type FieldValues = QueuedAs['fieldValues'];

/** The items of a batch with a graph: its runs, times every combination of its data. At most `most` of them. */
export function expandGraph({ data, runs, graph }: Batch & { readonly graph: QueueGraph }, most: number) {
  const combinations = combine(data ?? []);
  const items: { readonly graph: QueueGraph; readonly fieldValues: FieldValues }[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const fieldValues of combinations) {
      if (items.length === most) return items;
      items.push({ graph: substitute(graph, fieldValues), fieldValues });
    }
  }
  return items;
}

/** How many items the batch asks for. */
export function requestedItems({ data, runs, jobs }: Batch): number {
  return (data ?? []).reduce((product, [first]) => product * (first?.items.length ?? 1), runs) * (jobs?.length ?? 1);
}

function combine(groups: NonNullable<Batch['data']>): readonly FieldValues[] {
  return groups.reduce<readonly FieldValues[]>(
    (combined, zipped) => combined.flatMap((before) => zip(zipped).map((values) => [...before, ...values])),
    [[]],
  );
}

function zip(zipped: NonNullable<Batch['data']>[number]): readonly FieldValues[] {
  const length = zipped[0]?.items.length ?? 0;
  return Array.from({ length }, (_, index) =>
    zipped.map(({ node_path, field_name, items }) => ({ node_path, field_name, value: items[index] })),
  );
}

function substitute(graph: QueueGraph, values: FieldValues): QueueGraph {
  const nodes = { ...graph.nodes };
  for (const { node_path, field_name, value } of values) {
    const node = nodes[node_path];
    if (node) nodes[node_path] = { ...node, [field_name]: value };
  }
  return { ...graph, nodes };
}
