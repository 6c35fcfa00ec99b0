import type { QueueItem } from '@necrocode/contracts';
import type { Job, Task } from '@necrocode/domain';
import { queuedAsOf } from './queued-as.js';

type Session = QueueItem['session'];

/** A job as the graph InvokeAI would have executed: a node for each task, an edge for each result that is handed on. */
export function presentSession(job: Job): Session {
  const { graphId = null, nodeIds = {} } = queuedAsOf(job) ?? {};
  const idOf = (key: string): string => nodeIds[key] ?? key;
  const graph = {
    id: graphId ?? job.jobId,
    nodes: byNode(job.tasks, idOf, (task) => [nodeOf(task, idOf(task.spec.key))]),
    edges: job.tasks.flatMap((task) => edgesOf(task, idOf)),
  };
  const ids = job.tasks.map(({ spec }) => idOf(spec.key));
  const executed = job.tasks
    .filter(({ progress }) => progress.status === 'completed')
    .map(({ spec }) => idOf(spec.key));
  return {
    id: job.jobId,
    graph,
    execution_graph: graph,
    executed,
    executed_history: executed,
    results: byNode(job.tasks, idOf, ({ progress }) =>
      progress.status === 'completed' && progress.result !== undefined ? [progress.result] : [],
    ),
    errors: byNode(job.tasks, idOf, ({ progress }) => (progress.status === 'failed' ? [progress.error.message] : [])),
    workflow_call_stack: [],
    workflow_call_history: [],
    prepared_source_mapping: Object.fromEntries(ids.map((id) => [id, id])),
    source_prepared_mapping: Object.fromEntries(ids.map((id) => [id, [id]])),
  };
}

function nodeOf({ spec }: Task, id: string): Session['graph']['nodes'][string] {
  const { handler } = spec;
  if (!handler) return { id, type: 'command', command: [...spec.command] };
  const fields = typeof handler.input === 'object' && handler.input !== null ? handler.input : { input: handler.input };
  return { ...fields, id, type: handler.name };
}

function edgesOf({ spec }: Task, idOf: (key: string) => string): Session['graph']['edges'] {
  return Object.entries(spec.handler?.from ?? {}).map(([field, source]) => ({
    source: { node_id: idOf(source.task), field: source.field },
    destination: { node_id: idOf(spec.key), field },
  }));
}

/** An entry for each task that has one. */
function byNode<Value>(
  tasks: readonly Task[],
  idOf: (key: string) => string,
  valuesOf: (task: Task) => readonly Value[],
): Record<string, Value> {
  return Object.fromEntries(tasks.flatMap((task) => valuesOf(task).map((value) => [idOf(task.spec.key), value])));
}
