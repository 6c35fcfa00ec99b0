#!/usr/bin/env node
/**
 * `npm test`: unit and integration specs on every core, then whole systems, which need the machine for themselves; one total.
 * With arguments it is Jest: `npm test -- apps/gateway`.
 */
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, runCLI } from 'jest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rounds = [
  { selectProjects: ['unit', 'integration'], maxWorkers: cpus().length },
  { selectProjects: ['e2e'], maxWorkers: 1 },
];

async function runAll() {
  let [passed, failed, ok] = [0, 0, true];
  for (const round of rounds) {
    const { results } = await runCLI({ ...round, _: [], $0: 'npm test' }, [root]);
    passed += results.numPassedTests;
    // A spec file that could not run, or leaked, is one failure.
    failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
    ok &&= results.success && !results.wasInterrupted;
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = ok ? 0 : 1;
}

const args = process.argv.slice(2);
await (args.length > 0 ? run(args) : runAll());
