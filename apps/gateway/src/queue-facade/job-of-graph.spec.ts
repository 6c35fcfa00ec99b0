import { describe, expect, it } from '@jest/globals';
import { submitJobBody } from '@necrocode/contracts';
import { jobOfGraph } from './job-of-graph.js';

const job = jobOfGraph({
  nodes: {
    'noise:1': { id: 'noise:1', type: 'noise', seed: 7 },
    _out: { id: '_out', type: 'save', name: 'x' },
  },
  edges: [{ source: { node_id: 'noise:1', field: 'image' }, destination: { node_id: '_out', field: 'picture' } }],
});

describe('a graph', () => {
  it('is a job of functions that wait for one another and hand results on', () =>
    expect(job).toEqual({
      tasks: [
        { key: 'noise-1', handler: 'noise', input: { seed: 7 }, dependsOn: [] },
        {
          key: 'n-_out',
          handler: 'save',
          input: { name: 'x' },
          dependsOn: ['noise-1'],
          inputFrom: { picture: { task: 'noise-1', field: 'image' } },
        },
      ],
      nodeIds: { 'noise-1': 'noise:1', 'n-_out': '_out' },
    }));

  it('is one that can be submitted', () =>
    expect(submitJobBody.safeParse({ name: 'x', tasks: job.tasks }).error).toBeUndefined());

  it('with an edge from nowhere is not', () => {
    const { tasks } = jobOfGraph({
      nodes: { a: { id: 'a', type: 'x' } },
      edges: [{ source: { node_id: 'b', field: 'y' }, destination: { node_id: 'a', field: 'z' } }],
    });
    expect(submitJobBody.safeParse({ name: 'x', tasks }).success).toBe(false);
  });
});
