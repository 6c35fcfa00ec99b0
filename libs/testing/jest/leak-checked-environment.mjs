import '../../../tools/run-typescript.mjs';
import { isNativeError } from 'node:util/types';
import { TestEnvironment } from 'jest-environment-node';

const { watchSpec } = await import('../src/leak-check/spec-watch.ts');

/** Jest's Node environment, in which a spec file that passes but leaves something behind fails after all. */
export default class LeakCheckedEnvironment extends TestEnvironment {
  #watch;
  #passed = false;

  constructor(config, context) {
    const watch = watchSpec(); // Before Jest copies process.env for the spec.
    super(config, context);
    this.#watch = watch;
    recogniseErrorsOfNode(this.global.Error);
  }

  /** After the last afterAll hook. What a failing spec leaves is no news, and must not hide why it failed. */
  handleTestEvent(event, state) {
    if (event.name === 'run_finish')
      this.#passed = state.unhandledErrors.length === 0 && !hasErrors(state.rootDescribeBlock);
  }

  async teardown() {
    try {
      const leaks = this.#passed ? await this.#watch.findLeaks() : [];
      if (leaks.length > 0)
        throw new Error(`This spec file left behind:\n${leaks.map((leak) => `  - ${leak}`).join('\n')}`);
    } finally {
      this.#watch.end();
      await super.teardown();
    }
  }
}

function hasErrors(block) {
  return block.children.some((child) => (child.type === 'test' ? child.errors.length > 0 : hasErrors(child)));
}

/**
 * Jest runs specs in a context with an `Error` of its own, so that `error instanceof Error` is false there for whatever
 * node:fs or node:net throws, and code takes another branch under test than in production (jestjs/jest#2549).
 */
function recogniseErrorsOfNode(ContextError) {
  Object.defineProperty(ContextError, Symbol.hasInstance, {
    value(candidate) {
      const ordinary = Function.prototype[Symbol.hasInstance].call(this, candidate);
      return ordinary || (this === ContextError && isNativeError(candidate)); // Subclasses inherit this method.
    },
  });
}
