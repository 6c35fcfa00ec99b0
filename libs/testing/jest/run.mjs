/** Loads the TypeScript side of a test run into Jest's main process, which Jest does not transform. */
import '../../../tools/run-typescript.mjs';

export const { prepareRun, startServers, finishRun } = await import('../src/run/test-run.ts');
