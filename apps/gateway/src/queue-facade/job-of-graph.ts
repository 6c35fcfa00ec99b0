import type { QueueGraph, SubmitJobInput } from '@necrocode/contracts';

/**
 * A graph as a job: each node a task that runs the function named as its type, with the node's own fields as input; each edge
 * makes the task wait and takes a field of the result there for a field of the input here.
 */
export function jobOfGraph(graph: QueueGraph): Pick<SubmitJobInput, 'tasks'> & {
  /** Node ids that could not be keys, by the keys they were given. */
  readonly nodeIds: Readonly<Record<string, string>>;
} {
  const keys = new Map(Object.keys(graph.nodes).map((nodeId) => [nodeId, keyOf(nodeId)]));
  const tasks = Object.entries(graph.nodes).map(([nodeId, { id: _id, type, ...fields }]) => {
    const edges = graph.edges.filter(({ destination }) => destination.node_id === nodeId);
    const inputFrom = edges.map(({ source, destination }) => [
      destination.field,
      { task: keys.get(source.node_id) ?? source.node_id, field: source.field },
    ]);
    const dependsOn = [...new Set(edges.map(({ source }) => keys.get(source.node_id) ?? source.node_id))];
    return {
      key: keyOf(nodeId),
      handler: type,
      // Cast: the body was JSON.
      input: fields as NonNullable<SubmitJobInput['tasks'][number]['input']>,
      dependsOn,
      ...(edges.length === 0 ? {} : { inputFrom: Object.fromEntries(inputFrom) as Record<string, InputSource> }),
    };
  });
  const renamed = [...keys].filter(([nodeId, key]) => key !== nodeId).map(([nodeId, key]) => [key, nodeId] as const);
  return { tasks, nodeIds: Object.fromEntries(renamed) };
}

interface InputSource {
  readonly task: string;
  readonly field: string;
}

/** InvokeAI's own ids are UUIDs or `type:random`; a task's key has no colon. */
function keyOf(nodeId: string): string {
  const plain = nodeId.replace(/[^\w.-]/g, '-').slice(0, 98);
  return /^[A-Za-z0-9]/.test(plain) ? plain : `n-${plain}`;
}
