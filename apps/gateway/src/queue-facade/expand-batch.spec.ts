import { describe, expect, it } from '@jest/globals';
import { enqueueBatchBody, type EnqueueBatchInput, type QueueGraph } from '@necrocode/contracts';
import { expandGraph, requestedItems } from './expand-batch.js';

const graph = { nodes: { a: { id: 'a', type: 'add', x: 0 }, b: { id: 'b', type: 'add' } } };
const batchOf = (more: Partial<EnqueueBatchInput['batch']>) => {
  const { batch } = enqueueBatchBody.parse({ batch: { graph, ...more } });
  if (!batch.graph) throw new TypeError('a batch with a graph has one');
  return { ...batch, graph: batch.graph };
};
const datum = (node_path: string, field_name: string, ...items: number[]) => ({ node_path, field_name, items });
const inputs = ({ nodes }: QueueGraph) => [nodes['a']?.['x'], nodes['b']?.['y']];

describe('a batch', () => {
  it('of a graph alone is one item', () => expect(expandGraph(batchOf({}), 9)).toHaveLength(1));

  it('has an item for each run and combination; what stands in one list goes together', () => {
    const batch = batchOf({
      runs: 2,
      data: [[datum('a', 'x', 1, 2), datum('b', 'y', 10, 20)], [datum('b', 'z', 0, 0)]],
    });
    expect(expandGraph(batch, 99).map((item) => inputs(item.graph))).toEqual(
      [1, 1, 2, 2, 1, 1, 2, 2].map((x) => [x, 10 * x]),
    );
    expect(requestedItems(batch)).toBe(8);
  });

  it('remembers the values of each item', () =>
    expect(expandGraph(batchOf({ data: [[datum('a', 'x', 7)]] }), 9)[0]?.fieldValues).toEqual([
      { node_path: 'a', field_name: 'x', value: 7 },
    ]));

  it('leaves out what is too much', () => {
    const batch = batchOf({ runs: 5 });
    expect(expandGraph(batch, 3)).toHaveLength(3);
    expect(requestedItems(batch)).toBe(5);
  });

  it.each([
    [{ data: [[datum('c', 'x', 1)]] }, 'batch.data.0.0.node_path'],
    [{ data: [[datum('a', 'x', 1), datum('b', 'y', 1, 2)]] }, 'batch.data.0.1.items'],
    [{ graph: undefined }, 'batch.graph'],
    [{ runs: 0 }, 'batch.runs'],
  ])('%j is refused', (more, path) =>
    expect(
      enqueueBatchBody.safeParse({ batch: { graph, ...more } }).error?.issues.map((issue) => issue.path.join('.')),
    ).toEqual([path]),
  );
});
