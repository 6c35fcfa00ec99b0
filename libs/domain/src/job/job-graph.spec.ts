import { describe, expect, it } from '@jest/globals';
import { dependentsOf, findGraphProblems } from './job-graph.js';

const node = (key: string, ...dependsOn: string[]): { key: string; dependsOn: string[] } => ({ key, dependsOn });
const cyclic = (...nodes: ReturnType<typeof node>[]): string[] =>
  findGraphProblems(nodes).flatMap(({ code, path: [, index] }) =>
    code === 'cycle' && typeof index === 'number' ? (nodes[index]?.key ?? []) : [],
  );

describe('the faults of a task graph', () => {
  it('are none in a graph without cycles', () =>
    expect(findGraphProblems([node('d', 'b', 'c'), node('c', 'a'), node('b', 'a'), node('a')])).toStrictEqual([]));

  it('name a key that is used twice', () =>
    expect(findGraphProblems([node('a'), node('b'), node('a')])).toStrictEqual([
      { path: ['tasks', 2, 'key'], code: 'duplicate-key', message: 'another task has the key "a"' },
    ]));

  it('name a dependency that does not exist', () =>
    expect(findGraphProblems([node('a', 'b', 'x'), node('b')])).toStrictEqual([
      { path: ['tasks', 0, 'dependsOn', 1], code: 'unknown-dependency', message: 'no task has the key "x"' },
    ]));

  it('name a task that depends on itself', () =>
    expect(findGraphProblems([node('a', 'a')])).toStrictEqual([
      { path: ['tasks', 0, 'dependsOn', 0], code: 'self-dependency', message: 'task "a" depends on itself' },
    ]));

  it('name every task of a cycle', () =>
    expect(findGraphProblems([node('a', 'b'), node('b', 'a')])).toStrictEqual(
      ['a', 'b'].map((key, index) => ({
        path: ['tasks', index, 'dependsOn'],
        code: 'cycle',
        message: `task "${key}" depends on itself through other tasks`,
      })),
    ));

  it('name nobody who only leads to a cycle, comes from one or stands between two', () =>
    expect(
      cyclic(
        node('before', 'a1'),
        node('a1', 'a2'),
        node('a2', 'a1', 'between'),
        node('between', 'b1'),
        node('b1', 'b2'),
        node('b2', 'b1', 'after'),
        node('after'),
      ),
    ).toStrictEqual(['a1', 'a2', 'b1', 'b2']));

  it('count a key used twice as one task', () =>
    expect(cyclic(node('a', 'b'), node('a'), node('b', 'a'))).toStrictEqual(['a', 'a', 'b']));

  it('are all found at once', () =>
    expect(
      findGraphProblems([node('a', 'b'), node('b', 'a', 'x'), node('b', 'b')]).map(({ code }) => code),
    ).toStrictEqual(['unknown-dependency', 'duplicate-key', 'self-dependency', 'cycle', 'cycle', 'cycle']));

  it('are found in a chain too long for the call stack', () => {
    const length = 50_000;
    const ring = Array.from({ length }, (_, index) => node(`t${index}`, `t${(index + 1) % length}`));
    expect(cyclic(...ring)).toHaveLength(length);
  });
});

describe('the dependents of a task', () => {
  const graph = [node('d', 'c'), node('c', 'a', 'b'), node('b'), node('a'), node('e', 'b')];

  it('are those that need it, directly or through others', () =>
    expect([...dependentsOf(graph, ['a'])].sort()).toStrictEqual(['c', 'd']));

  it('are those of any of several', () =>
    expect([...dependentsOf(graph, ['a', 'b'])].sort()).toStrictEqual(['c', 'd', 'e']));

  it('leave out the tasks asked for, also when they depend on each other', () =>
    expect([...dependentsOf(graph, ['a', 'c'])]).toStrictEqual(['d']));

  it('are none for a task nobody needs', () => expect([...dependentsOf(graph, ['d'])]).toStrictEqual([]));
});
