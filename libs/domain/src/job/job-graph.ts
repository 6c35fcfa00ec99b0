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

/** The tasks that reach themselves through others; what merely lies behind or between cycles is not named. */
function findCycles(tasks: readonly GraphTask[]): GraphProblem[] {
  const onCycle = keysOnCycles(tasks);
  return tasks.flatMap((task, index) =>
    onCycle.has(task.key)
      ? [problem(index, 'dependsOn', 'cycle', `task "${task.key}" depends on itself through other tasks`)]
      : [],
  );
}

/**
 * Kosaraju's two walks: tasks on a cycle are those whose strongly connected component has more than one member.
 * Linear, and without recursion: a body is checked before its number of tasks is known to be small.
 */
function keysOnCycles(tasks: readonly GraphTask[]): ReadonlySet<string> {
  const forwards = grouped(tasks.flatMap(({ key, dependsOn }) => dependsOn.map((on): Edge => [key, on])));
  const visited = new Set<string>();
  const finished = tasks.flatMap((task) => walk(task.key, forwards, visited));
  const backwards = directDependents(tasks);
  const assigned = new Set<string>();
  const found = new Set<string>();
  for (const root of finished.reverse()) {
    const component = walk(root, backwards, assigned);
    if (component.length > 1) for (const key of component) found.add(key);
  }
  return found;
}

/** Whatever is reached from `root` and was not visited before, each key after all it leads to. */
function walk(root: string, edges: ReadonlyMap<string, readonly string[]>, visited: Set<string>): string[] {
  if (visited.has(root)) return [];
  visited.add(root);
  const finished: string[] = [];
  const open = [{ key: root, ahead: edges.get(root)?.values() }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.ahead?.next();
    if (next === undefined || next.done) {
      finished.push(top.key);
      open.pop();
    } else if (!visited.has(next.value)) {
      visited.add(next.value);
      open.push({ key: next.value, ahead: edges.get(next.value)?.values() });
    }
  }
  return finished;
}

function problem(index: number, field: string, code: GraphProblem['code'], message: string): GraphProblem {
  return { path: ['tasks', index, field], code, message };
}

/** All tasks that depend on one of `keys`, directly or through others; `keys` themselves are not included. */
export function dependentsOf(tasks: readonly GraphTask[], keys: readonly string[]): ReadonlySet<string> {
  const dependents = directDependents(tasks);
  const visited = new Set<string>();
  const found = new Set(keys.flatMap((key) => walk(key, dependents, visited)));
  for (const key of keys) found.delete(key);
  return found;
}

/**
 * The tasks that only `keys` (and, in turn, each other) still use as inputs: every task that depends on them is among
 * those, or is in `over`, which needs no input any more. What is in `over` itself is not included.
 */
export function inputsOnlyOf(
  tasks: readonly GraphTask[],
  keys: ReadonlySet<string>,
  over: ReadonlySet<string>,
): ReadonlySet<string> {
  const dependents = directDependents(tasks);
  const inputs = new Map(tasks.map(({ key, dependsOn }) => [key, dependsOn]));
  const found = new Set<string>();
  const open = [...keys];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const input of inputs.get(key) ?? []) {
      const needed = dependents.get(input)?.some((user) => !keys.has(user) && !found.has(user) && !over.has(user));
      if (needed !== false || keys.has(input) || found.has(input) || over.has(input)) continue;
      found.add(input);
      open.push(input);
    }
  }
  return found;
}

type Edge = readonly [from: string, to: string];

function directDependents(tasks: readonly GraphTask[]): ReadonlyMap<string, readonly string[]> {
  return grouped(tasks.flatMap(({ key, dependsOn }) => dependsOn.map((on): Edge => [on, key])));
}

function grouped(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const group = groups.get(from);
    if (group) group.push(to);
    else groups.set(from, [to]);
  }
  return groups;
}
