/** A fault of a job's task graph, with the path of the field that holds it. */
export interface GraphProblem {
  readonly path: readonly (string | number)[];
  readonly code: 'duplicate-key' | 'unknown-dependency' | 'self-dependency' | 'cycle';
  readonly message: string;
}

interface GraphTask {
  readonly key: string;
  readonly dependsOn: readonly string[];
}

/** Every fault of the graph, not just the first: duplicate keys, unknown or own dependencies, cycles. */
export function findGraphProblems(tasks: readonly GraphTask[]): readonly GraphProblem[] {
  const keys = new Set(tasks.map((task) => task.key));
  const problems: GraphProblem[] = [];
  const seen = new Set<string>();
  tasks.forEach((task, index) => {
    if (seen.has(task.key)) {
      problems.push(problem(index, 'key', 'duplicate-key', `another task has the key "${task.key}"`));
    }
    seen.add(task.key);
    task.dependsOn.forEach((dependency, at) => {
      const path = ['tasks', index, 'dependsOn', at];
      if (dependency === task.key) {
        problems.push({ path, code: 'self-dependency', message: `task "${task.key}" depends on itself` });
      } else if (!keys.has(dependency)) {
        problems.push({ path, code: 'unknown-dependency', message: `no task has the key "${dependency}"` });
      }
    });
  });
  return [...problems, ...findCycles(tasks)];
}

/** The tasks that reach themselves through others; what merely lies behind a cycle is not named. */
function findCycles(tasks: readonly GraphTask[]): GraphProblem[] {
  const dependencies = new Map(tasks.map((task) => [task.key, task.dependsOn.filter((key) => key !== task.key)]));
  const reaches = (from: string, to: string): boolean => {
    const visited = new Set<string>();
    const open = [...(dependencies.get(from) ?? [])];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (key === to) return true;
      if (visited.has(key)) continue;
      visited.add(key);
      open.push(...(dependencies.get(key) ?? []));
    }
    return false;
  };
  return tasks.flatMap((task, index) =>
    reaches(task.key, task.key)
      ? [problem(index, 'dependsOn', 'cycle', `task "${task.key}" depends on itself through other tasks`)]
      : [],
  );
}

function problem(index: number, field: string, code: GraphProblem['code'], message: string): GraphProblem {
  return { path: ['tasks', index, field], code, message };
}

/** All tasks that depend on one of `keys`, directly or through others; `keys` themselves are not included. */
export function dependentsOf(tasks: readonly GraphTask[], keys: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...keys];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const task of tasks) {
      if (task.dependsOn.includes(key) && !found.has(task.key)) {
        found.add(task.key);
        open.push(task.key);
      }
    }
  }
  for (const key of keys) found.delete(key);
  return found;
}
